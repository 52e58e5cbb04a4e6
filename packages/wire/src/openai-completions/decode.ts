import type { Conversation, Other, Turn } from '../canonical/conversation.ts'
import type { Decoded } from '../dialect.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { present } from '../json/present.ts'
import { Checks, INTEGER } from '../input/checks.ts'
import { decodeStop } from '../openai-chat/decode.ts'
import { MEMBERS, plainMembers } from '../openai-chat/members.ts'
import { LIMIT_WHEN_ABSENT } from './limit.ts'

const UNDERSTOOD = new Set([
  ...MEMBERS.map(({ wire }) => wire),
  'model',
  'prompt',
  'stream',
  'stream_options',
  'max_tokens',
  'stop',
  'logprobs',
])

/** The neutral form of a completion: the prompt is what a user says. */
export function decodeCompletion(value: JsonObject): Decoded {
  const checks = new Checks()
  const top = checks.optional(value['logprobs'], '/logprobs', INTEGER)
  const conversation: Conversation = {
    stream: value['stream'] === true,
    turns: [turnOf(value['prompt'], checks)],
    maxOutputTokens: typeof value['max_tokens'] === 'number' ? value['max_tokens'] : LIMIT_WHEN_ABSENT,
    ...present({ stop: decodeStop(value['stop'], checks), logprobs: top === undefined ? undefined : { top } }),
    ...plainMembers(value, checks),
    others: othersOf(value),
  }
  return checks.fault ?? { ok: true, conversation }
}

/** A chat answers one prompt, and reads text. */
function turnOf(prompt: unknown, checks: Checks): Turn {
  const alone: unknown = Array.isArray(prompt) && prompt.length === 1 ? prompt[0] : prompt
  const at = alone === prompt ? '/prompt' : '/prompt/0'
  if (typeof alone === 'string') return { role: 'user', parts: [{ type: 'text', text: alone, at }], at }
  checks.fail('/prompt', whyNot(prompt))
  return { role: 'user', parts: [], at }
}

function whyNot(prompt: unknown): string {
  if (prompt == null) return '`prompt` is missing: what serves this model answers a text'
  if (Array.isArray(prompt) && prompt.every((one) => typeof one === 'string')) {
    return '`prompt` holds several prompts: what serves this model answers one, send each in a request of its own'
  }
  return '`prompt` holds token ids, which are those of one vendor: send the text'
}

function othersOf(value: JsonObject): Record<string, Other> {
  const others: Record<string, Other> = {}
  for (const [name, member] of Object.entries(value)) {
    if (member !== null && !UNDERSTOOD.has(name) && !isIdle(name, member, value)) others[name] = { at: `/${name}`, value: member }
  }
  return others
}

/** Whether a member asks for what happens anyway. */
function isIdle(name: string, member: unknown, { n }: JsonObject): boolean {
  if (name === 'echo') return member === false
  if (name === 'suffix') return member === ''
  if (name === 'best_of') return member === (n ?? 1)
  return isObject(member) && Object.keys(member).length === 0
}
