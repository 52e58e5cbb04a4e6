import type { Conversation, Other } from '../canonical/conversation.ts'
import { withOpenThoughts } from '../canonical/sealed-thought.ts'
import type { Decoded } from '../dialect.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { present } from '../json/present.ts'
import { cacheControlOf } from './cache-control.ts'
import { ARRAY, BOOLEAN, Checks, INTEGER, oneOf, STRING } from '../input/checks.ts'
import { decodeMessages } from './decode-messages.ts'
import { decodeToolChoice } from './tool-choice.ts'
import { decodeTools } from './decode-tools.ts'
import { MEMBERS, plainMembers } from './members.ts'
import { decodeOutput, isNeutralOutput } from './output-format.ts'
import { outputLimit } from './output-limit.ts'
import { decodeReasoning } from './reasoning-settings.ts'

/** Members that are understood here; `stream_options` and `response_format` as far as they are neutral. */
const UNDERSTOOD = new Set([
  ...MEMBERS.map(({ wire }) => wire),
  'model',
  'messages',
  'stream',
  'tools',
  'functions',
  'function_call',
  'tool_choice',
  'reasoning_effort',
  'reasoning',
  'thinking',
  'max_tokens',
  'max_completion_tokens',
  'stop',
  'logprobs',
  'top_logprobs',
  'safety_identifier',
  'cache_control',
  'verbosity',
])

/** What a member means when it is not sent; sent, it asks for nothing that another dialect would lack. */
const DEFAULTS = new Map<string, string>([
  ['store', 'false'],
  ['modalities', '["text"]'],
  ['safe_prompt', 'false'],
])

/**
 * The neutral form of a chat completion request (OpenAI API reference, "Create chat completion"), with what other
 * vendors of this dialect add: OpenRouter's `reasoning`, `cache_control` and `reasoning_details`, DeepSeek's `thinking`
 * and `reasoning_content`, Mistral's content parts. The request has passed {@link validateChat}.
 */
export function decodeChat(value: JsonObject): Decoded {
  const checks = new Checks()
  const conversation: Conversation = {
    stream: value['stream'] === true,
    turns: decodeMessages(value['messages'] as JsonObject[], checks),
    ...present({
      tools: decodeTools(value, checks),
      toolChoice: decodeToolChoice(value, checks),
      output: decodeOutput(value['response_format'], checks),
      reasoning: decodeReasoning(value, checks),
      maxOutputTokens: outputLimit(value).outputLimit ?? undefined,
      stop: decodeStop(value['stop'], checks),
      logprobs: decodeLogprobs(value, checks),
      verbosity: decodeVerbosity(value, checks),
    }),
    ...plainMembers(value, checks),
    ...userOf(value, checks),
    ...cacheControlOf(value, '', checks),
    others: othersOf(value),
  }
  return checks.fault ?? withOpenThoughts({ ok: true, conversation })
}

/** Reads `stop`: one sequence, or several. */
export function decodeStop(stop: unknown, checks: Checks): string[] | undefined {
  if (typeof stop === 'string') return [stop]
  const sequences = checks.optional(stop, '/stop', { ...ARRAY, expected: 'a string or an array of strings' })
  if (sequences === undefined || sequences.length === 0) return undefined
  return sequences.map((sequence, index) => checks.required(sequence, `/stop/${index}`, STRING) ?? '')
}

function decodeLogprobs(value: JsonObject, checks: Checks): Conversation['logprobs'] {
  const wanted = checks.optional(value['logprobs'], '/logprobs', BOOLEAN) ?? false
  const top = checks.optional(value['top_logprobs'], '/top_logprobs', INTEGER)
  if (!wanted && top !== undefined && top > 0) return checks.fail('/top_logprobs', '`top_logprobs` needs `"logprobs": true` beside it')
  return wanted ? present({ top }) : undefined
}

const VERBOSITY = oneOf('low', 'medium', 'high')

/** The usual is what is said of itself. */
function decodeVerbosity(value: JsonObject, checks: Checks): Conversation['verbosity'] {
  const verbosity = checks.optional(value['verbosity'], '/verbosity', VERBOSITY)
  return verbosity === 'medium' ? undefined : verbosity
}

/** `safety_identifier` is what OpenAI calls `user` by now. */
function userOf(value: JsonObject, checks: Checks): { user?: string } {
  const user = checks.optional(value['safety_identifier'], '/safety_identifier', STRING)
  return user === undefined ? {} : { user }
}

function othersOf(value: JsonObject): Record<string, Other> {
  const others: Record<string, Other> = {}
  for (const [name, member] of Object.entries(value)) {
    if (member === null || UNDERSTOOD.has(name) || DEFAULTS.get(name) === JSON.stringify(member)) continue
    if (name === 'stream_options' && !asksMore(member)) continue
    if (name === 'response_format' && isNeutralOutput(member)) continue
    others[name] = { at: `/${name}`, value: member }
  }
  return others
}

/** Of the options of a stream only usage is neutral; a stream without padding is what every other dialect has anyway. */
function asksMore(options: unknown): boolean {
  if (!isObject(options)) return false
  return Object.entries(options).some(([name, option]) => name !== 'include_usage' && option !== null && option !== false)
}
