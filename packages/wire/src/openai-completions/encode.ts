import type { Conversation, Part } from '../canonical/conversation.ts'
import type { Unsupported } from '../canonical/unsupported.ts'
import type { Encoded, Target } from '../dialect.ts'
import type { JsonObject } from '../json/object.ts'
import { MEMBERS } from '../openai-chat/members.ts'

/** Members that only a chat has. */
const OF_CHATS = [
  ['tools', 'tools'],
  ['toolChoice', 'a choice of tools'],
  ['output', 'a format of the answer'],
  ['reasoning', 'how much to think'],
  ['cacheControl', 'a cache breakpoint'],
  ['safetySettings', 'settings of safety filters'],
] as const

const NOT_HERE = 'the vendor completes a text'

/** The body of a completion: one text of a user becomes the prompt, and there is no form for more of a conversation. */
export function encodeRequest(conversation: Conversation, { model, outputLimit, quirks }: Target): Encoded {
  const unsupported: Unsupported[] = []
  const drop = (at: string, what: string): void => void unsupported.push({ at, what, why: NOT_HERE })
  for (const [name, what] of OF_CHATS) if (conversation[name] !== undefined) drop(`/${name}`, what)
  const [first, ...more] = conversation.turns.flatMap(({ role, parts }) => parts.map((part) => ({ role, part })))
  for (const { part } of more) drop(part.at, 'more than one text')
  const { stream, stop, logprobs } = conversation
  const body = {
    model,
    prompt: first?.role === 'user' ? promptOf(first.part, drop) : promptOf(undefined, drop),
    max_tokens: outputLimit,
    ...members(conversation),
    stop,
    logprobs: logprobs === undefined ? undefined : (logprobs.top ?? 0),
    ...(stream ? { stream, stream_options: quirks.noStreamOptions === true ? undefined : { include_usage: true } } : {}),
  }
  return { body: Buffer.from(JSON.stringify(body)), unsupported }
}

function promptOf(part: Part | undefined, drop: (at: string, what: string) => void): string {
  if (part?.type === 'text') return part.text
  drop(part?.at ?? '', part === undefined ? 'a conversation that does not begin with the user' : `a part of the type ${part.type}`)
  return ''
}

function members(conversation: Conversation): JsonObject {
  return Object.fromEntries(MEMBERS.map(({ name, wire }) => [wire, conversation[name]]))
}
