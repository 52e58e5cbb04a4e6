import type { Part, ToolCallPart, ToolResultPart, Turn } from '../canonical/conversation.ts'
import { splitSignature } from '../canonical/tool-ids.ts'
import { isObject, parseObject, type JsonObject } from '../json/object.ts'
import { present } from '../json/present.ts'
import { cacheControlOf } from './cache-control.ts'
import { ARRAY, OBJECT, STRING, type Checks } from '../input/checks.ts'
import { decodeContent } from './decode-parts.ts'
import { reasoningParts } from './reasoning-details.ts'

type MessageDecoder = (message: JsonObject, at: string, context: Context) => Omit<Turn, 'at' | 'name'>

interface Context {
  checks: Checks
  older: OlderCalls
}

const DECODERS: Record<string, MessageDecoder> = {
  system: (message, at, { checks }) => ({ role: 'system', parts: instructions(message, at, checks) }),
  developer: (message, at, { checks }) => ({ role: 'developer', parts: instructions(message, at, checks) }),
  user: (message, at, { checks }) => ({ role: 'user', parts: said(message, at, checks) }),
  assistant: (message, at, context) => ({ role: 'assistant', parts: answered(message, at, context) }),
  tool: (message, at, { checks }) => ({ role: 'tool', parts: [resultOf(message, at, toolCallId(message, at, checks), checks)] }),
  function: (message, at, { checks, older }) => ({
    role: 'tool',
    parts: [resultOf(message, at, older.answered(checks.required(message['name'], `${at}/name`, STRING) ?? ''), checks)],
  }),
}

const ROLES = Object.keys(DECODERS).map((role) => `"${role}"`)

/** Reads the messages: one turn for each, in their order. */
export function decodeMessages(messages: readonly JsonObject[], checks: Checks): Turn[] {
  const context = { checks, older: new OlderCalls() }
  return messages.map((message, index) => decodeMessage(message, `/messages/${index}`, context))
}

function decodeMessage(message: JsonObject, at: string, context: Context): Turn {
  const { checks } = context
  const role = String(message['role'])
  const decode = Object.hasOwn(DECODERS, role) ? DECODERS[role] : undefined
  if (decode === undefined) {
    checks.fail(`${at}/role`, `\`role\` is "${role.slice(0, 40)}": it must be one of ${ROLES.join(', ')}`)
    return { role: 'user', parts: [], at }
  }
  const turn = decode(message, at, context)
  const { cacheControl } = cacheControlOf(message, at, checks)
  const last = turn.parts.at(-1)
  if (cacheControl !== undefined && last !== undefined) last.cacheControl ??= cacheControl
  // The name of a function's message is the function's.
  const name = turn.role === 'tool' ? undefined : checks.optional(message['name'], `${at}/name`, STRING)
  return { ...turn, ...present({ name }), at }
}

function said(message: JsonObject, at: string, checks: Checks): Part[] {
  const content = message['content']
  if (content == null) checks.required(content, `${at}/content`, { ...STRING, expected: 'a string or an array of parts' })
  return decodeContent(content, `${at}/content`, checks)
}

function instructions(message: JsonObject, at: string, checks: Checks): Part[] {
  const parts = said(message, at, checks)
  const other = parts.find(({ type }) => type !== 'text')
  if (other !== undefined) checks.fail(other.at, 'instructions are text: send this part in a message of the role "user"')
  return parts
}

/** In the order in which a model makes them: reasoning, text, refusal, calls. An empty text beside others says nothing. */
function answered(message: JsonObject, at: string, { checks, older }: Context): Part[] {
  const refusal = checks.optional(message['refusal'], `${at}/refusal`, STRING)
  const audio = checks.optional(message['audio'], `${at}/audio`, OBJECT)
  const others: Part[] = [
    ...(refusal === undefined || refusal === '' ? [] : [{ type: 'refusal' as const, text: refusal, at: `${at}/refusal` }]),
    ...decodeCalls(message['tool_calls'], `${at}/tool_calls`, checks),
    ...decodeOlderCall(message['function_call'], `${at}/function_call`, checks, older),
    ...(audio === undefined ? [] : [{ type: 'vendor' as const, dialect: 'openai-chat' as const, value: { audio }, at: `${at}/audio` }]),
  ]
  const reasoning = reasoningParts(message, at)
  const alone = reasoning.length + others.length === 0
  const content = decodeContent(message['content'], `${at}/content`, checks)
  return [...reasoning, ...content.filter((part) => alone || part.type !== 'text' || part.text !== ''), ...others]
}

function decodeCalls(value: unknown, at: string, checks: Checks): ToolCallPart[] {
  return (checks.optional(value, at, ARRAY) ?? []).map((call, index) => decodeCall(call, `${at}/${index}`, checks))
}

function decodeCall(value: unknown, at: string, checks: Checks): ToolCallPart {
  const call = checks.required(value, at, OBJECT) ?? {}
  const { id, signature } = splitSignature(checks.required(call['id'], `${at}/id`, STRING) ?? '')
  const custom = call['type'] === 'custom'
  const holder = custom ? 'custom' : 'function'
  const called = checks.required(call[holder], `${at}/${holder}`, { ...OBJECT, expected: 'an object with the tool’s `name`' }) ?? {}
  const name = checks.required(called['name'], `${at}/${holder}/name`, STRING) ?? ''
  if (custom) {
    const input = checks.required(called['input'], `${at}/custom/input`, STRING) ?? ''
    return { type: 'tool_call', id, name, arguments: input, custom: true, ...present({ signature }), at }
  }
  const text = argumentsOf(called['arguments'], `${at}/function/arguments`, checks)
  return { type: 'tool_call', id, name, arguments: text, ...present({ signature: signature ?? googleSignature(call) }), at }
}

/** Where Gemini's compatible endpoint keeps it, for clients that send it back (Gemini API, "Thought signatures"). */
export function googleSignature(call: JsonObject): string | undefined {
  const extra = call['extra_content']
  const google = isObject(extra) ? extra['google'] : undefined
  const signature = isObject(google) ? google['thought_signature'] : undefined
  return typeof signature === 'string' ? signature : undefined
}

/** Some clients send the object itself, or nothing for a tool that takes nothing (T2). */
function argumentsOf(value: unknown, at: string, checks: Checks): string {
  if (value == null) return '{}'
  if (isObject(value)) return JSON.stringify(value)
  const text = checks.required(value, at, { ...STRING, expected: 'the JSON text of an object' }) ?? ''
  if (text.trim() === '') return '{}'
  if (parseObject(text) === undefined) checks.fail(at, '`arguments` is not the JSON text of an object: send what the tool was called with')
  return text
}

function decodeOlderCall(value: unknown, at: string, checks: Checks, older: OlderCalls): ToolCallPart[] {
  const call = checks.optional(value, at, OBJECT)
  if (call === undefined) return []
  const name = checks.required(call['name'], `${at}/name`, STRING) ?? ''
  return [{ type: 'tool_call', id: older.called(name), name, arguments: argumentsOf(call['arguments'], `${at}/arguments`, checks), at }]
}

function toolCallId(message: JsonObject, at: string, checks: Checks): string {
  return splitSignature(checks.required(message['tool_call_id'], `${at}/tool_call_id`, STRING) ?? '').id
}

function resultOf(message: JsonObject, at: string, callId: string, checks: Checks): ToolResultPart {
  const parts = decodeContent(message['content'], `${at}/content`, checks)
  const content = parts.filter((part) => part.type === 'text' || part.type === 'image' || part.type === 'document')
  const other = parts.find((part) => !content.some((kept) => kept === part))
  if (other !== undefined)
    checks.fail(other.at, 'the result of a tool is text, an image or a file: send this in a message of the role "user"')
  return { type: 'tool_result', callId, ...present({ name: checks.optional(message['name'], `${at}/name`, STRING) }), content, at }
}

/** Calls of functions have no ids; each is answered by the next message of its function. */
class OlderCalls {
  #count = 0
  readonly #open: { id: string; name: string }[] = []

  called(name: string): string {
    const id = `call_function_${this.#count++}`
    this.#open.push({ id, name })
    return id
  }

  answered(name: string): string {
    const index = this.#open.findIndex((call) => call.name === name)
    return this.#open.splice(index < 0 ? this.#open.length : index, 1)[0]?.id ?? `call_function_${this.#count++}`
  }
}
