import type { Conversation, Effort, Other, OutputFormat, Reasoning, Turn } from '../canonical/conversation.ts'
import type { Decoded } from '../dialect.ts'
import { Fields } from '../input/fields.ts'
import type { JsonObject } from '../json/object.ts'
import { pointerTo } from '../json/pointer.ts'
import { present } from '../json/present.ts'
import { decodeInput } from './decode-items.ts'
import { decodeToolChoice, decodeTools } from './decode-tools.ts'

const EFFORTS: readonly Effort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

const LOGPROBS = 'message.output_text.logprobs'

/** The request in neutral form; or the first thing in it that cannot be understood. */
export function decodeResponses(value: JsonObject): Decoded {
  const fields = new Fields()
  const turns = [...instructions(value, fields), ...decodeInput(value, fields)]
  const conversation: Conversation = present({
    stream: value['stream'] === true,
    turns,
    tools: decodeTools(value, fields),
    toolChoice: decodeToolChoice(value['tool_choice'], fields),
    parallelToolCalls: fields.boolean(value, 'parallel_tool_calls', ''),
    output: outputFormat(value, fields),
    verbosity: verbosity(value, fields),
    reasoning: askedReasoning(value, fields),
    maxOutputTokens: fields.number(value, 'max_output_tokens', ''),
    temperature: fields.number(value, 'temperature', ''),
    topP: fields.number(value, 'top_p', ''),
    presencePenalty: fields.number(value, 'presence_penalty', ''),
    frequencyPenalty: fields.number(value, 'frequency_penalty', ''),
    logprobs: logprobs(value, fields),
    user: fields.string(value, 'safety_identifier', '') ?? fields.string(value, 'user', ''),
    metadata: metadata(value, fields),
    serviceTier: fields.string(value, 'service_tier', ''),
    promptCacheKey: fields.string(value, 'prompt_cache_key', ''),
    others: others(value),
  })
  return fields.fault ?? { ok: true, conversation }
}

/** What the system says, where it is not a message of its own. */
function instructions(value: JsonObject, fields: Fields): Turn[] {
  const at = '/instructions'
  const text = fields.string(value, 'instructions', '')
  return text === undefined ? [] : [{ role: 'system', parts: [{ type: 'text', text, at }], at }]
}

function outputFormat(value: JsonObject, fields: Fields): OutputFormat | undefined {
  const at = '/text/format'
  const format = fields.object(fields.object(value, 'text', '') ?? {}, 'format', '/text')
  if (format === undefined) return undefined
  const kind = fields.word(format, 'type', at, ['text', 'json_object', 'json_schema'])
  if (kind === 'text') return { kind: 'text' }
  if (kind === 'json_object') return { kind: 'json' }
  const schema = fields.object(format, 'schema', at)
  if (schema === undefined) return fields.wrong(format['schema'], `${at}/schema`, 'an object, a JSON schema')
  return present({
    kind: 'schema',
    schema,
    name: fields.string(format, 'name', at),
    description: fields.string(format, 'description', at),
    strict: fields.boolean(format, 'strict', at),
  })
}

/** The usual is what is said of itself. */
function verbosity(value: JsonObject, fields: Fields): Conversation['verbosity'] {
  const word = fields.word(fields.object(value, 'text', '') ?? {}, 'verbosity', '/text', ['low', 'medium', 'high'])
  return word === 'medium' ? undefined : word
}

function askedReasoning(value: JsonObject, fields: Fields): Reasoning | undefined {
  const asked = fields.object(value, 'reasoning', '')
  if (asked === undefined) return undefined
  const effort = fields.word(asked, 'effort', '/reasoning', EFFORTS)
  const summary = fields.string(asked, 'summary', '/reasoning') ?? fields.string(asked, 'generate_summary', '/reasoning')
  if (effort === undefined && summary === undefined) return undefined
  return present({ effort, summary, show: summary === undefined ? undefined : true })
}

/** They are told where `include` asks for them; `top_logprobs` alone asks, too, unless it is the default. */
function logprobs(value: JsonObject, fields: Fields): Conversation['logprobs'] {
  const include = fields.list(value, 'include', '') ?? []
  const top = fields.number(value, 'top_logprobs', '')
  if (!include.includes(LOGPROBS) && (top ?? 0) === 0) return undefined
  return top === undefined ? {} : { top }
}

function metadata(value: JsonObject, fields: Fields): Record<string, string> | undefined {
  const own = fields.object(value, 'metadata', '')
  const odd = Object.entries(own ?? {}).find(([, text]) => typeof text !== 'string')
  if (odd !== undefined) fields.wrong(odd[1], `/metadata${pointerTo(odd[0])}`, 'a string')
  return own as Record<string, string> | undefined
}

/** Members that are understood above, or whose absence nobody would notice elsewhere (padding of the stream, Codex's own ids). */
const KNOWN = new Set([
  'text',
  'model',
  'stream',
  'input',
  'instructions',
  'tools',
  'parallel_tool_calls',
  'max_output_tokens',
  'temperature',
  'top_p',
  'presence_penalty',
  'frequency_penalty',
  'top_logprobs',
  'user',
  'safety_identifier',
  'metadata',
  'service_tier',
  'prompt_cache_key',
  'stream_options',
  'client_metadata',
])

/** Values that ask for what every upstream does anyway. */
const NOTHING_ASKED: Record<string, unknown> = { store: false, background: false, truncation: 'disabled' }

/**
 * What can be asked of `include` without loss: the encrypted reasoning of whatever upstream is always handed out, and
 * details of tools that the vendor runs are asked for with these tools, which are refused by their own name.
 */
const INCLUDED = /^(reasoning\.encrypted_content|message\.|(file_search|web_search|computer|code_interpreter)_call)/

/** What has no neutral form, by name: stored state, settings of the vendor's own tools, unknown members. */
function others(value: JsonObject): Record<string, Other> {
  const found: [string, Other][] = []
  const add = (name: string, member: unknown, at = pointerTo(name)): void => {
    if (member != null && member !== NOTHING_ASKED[name]) found.push([name, { at, value: member }])
  }
  for (const [name, member] of Object.entries(value)) {
    if (name === 'reasoning') addReasoning(member as JsonObject | null, add)
    else if (name === 'include') add(name, unknownIncludes(member))
    else if (name === 'tool_choice') add(name, decodeToolChoice(member, new Fields()) === undefined ? member : undefined)
    else if (!KNOWN.has(name)) add(name, member)
  }
  return Object.fromEntries(found)
}

function addReasoning(reasoning: JsonObject | null, add: (name: string, member: unknown, at: string) => void): void {
  for (const name of ['context', 'mode']) add(`reasoning.${name}`, reasoning?.[name], `/reasoning/${name}`)
}

function unknownIncludes(include: unknown): unknown {
  if (!Array.isArray(include)) return undefined
  const unknown = include.filter((name) => !INCLUDED.test(String(name)))
  return unknown.length === 0 ? undefined : unknown
}
