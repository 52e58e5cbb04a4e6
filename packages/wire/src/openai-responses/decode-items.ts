import type { Part, ReasoningPart, TextPart, ToolCallPart, ToolResultPart, Turn } from '../canonical/conversation.ts'
import { splitSignature } from '../canonical/tool-ids.ts'
import type { Fields } from '../input/fields.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { present } from '../json/present.ts'
import { decodeContent } from './decode-content.ts'
import { proofOf, type Proof } from './seal.ts'

const ROLES = ['user', 'assistant', 'system', 'developer'] as const

/** Reads one item of the input, at this place. */
type ReadItem = (item: JsonObject, at: string, fields: Fields) => Turn

const ITEMS: Record<string, ReadItem> = {
  message: readMessage,
  function_call: (item, at, fields) => assistant(readCall(item, 'arguments', at, fields), at),
  custom_tool_call: (item, at, fields) => assistant({ ...readCall(item, 'input', at, fields), custom: true }, at),
  function_call_output: readOutput,
  custom_tool_call_output: readOutput,
  reasoning: (item, at) => assistant(reasoningPart(item, at), at),
}

/**
 * The turns of the input, in the order of the items. An item is a turn, but for those that the assistant made in one go: its
 * thoughts, what it said and its calls are items of their own only here. A text is what the user says.
 */
export function decodeInput(body: JsonObject, fields: Fields): Turn[] {
  const { input } = body
  if (input == null) return []
  if (typeof input === 'string') return [{ role: 'user', parts: [{ type: 'text', text: input, at: '/input' }], at: '/input' }]
  const items = fields.list(body, 'input', '', 'a string, or an array of items') ?? []
  const turns: Turn[] = []
  for (const [index, item] of items.entries()) {
    const turn = decodeItem(item, `/input/${index}`, fields)
    const last = turns.at(-1)
    if (last !== undefined && goesOn(last, turn)) last.parts.push(...turn.parts)
    else turns.push(turn)
  }
  return turns
}

/**
 * Whether the assistant goes on with what it was about: with a call, after one, or after a thought. What it says after a
 * call goes with it, because other dialects want the results of calls to follow at once. Two messages stay two.
 */
function goesOn(last: Turn, next: Turn): boolean {
  if (last.role !== 'assistant' || next.role !== 'assistant' || isVendorItem(last) || isVendorItem(next)) return false
  return calls(next) || calls(last) || last.parts.every(({ type }) => type === 'reasoning')
}

function calls({ parts }: Turn): boolean {
  return parts.some(({ type }) => type === 'tool_call')
}

function isVendorItem({ parts, at }: Turn): boolean {
  return parts.some((part) => part.type === 'vendor' && part.at === at)
}

function decodeItem(item: unknown, at: string, fields: Fields): Turn {
  if (!isObject(item)) {
    fields.wrong(item, at, 'an object with `role` and `content`, or a `type`')
    return { role: 'user', parts: [], at }
  }
  const type = fields.string(item, 'type', at) ?? (item['role'] === undefined ? 'item_reference' : 'message')
  return ITEMS[type]?.(item, at, fields) ?? vendorItem(item, type, at)
}

/** Items of tools that the vendor runs, references to stored items: they have no neutral form. */
function vendorItem(item: JsonObject, type: string, at: string): Turn {
  const role = /_(output|response)$/.test(type) ? 'user' : 'assistant'
  return { role, parts: [{ type: 'vendor', dialect: 'openai-responses', value: item, at }], at }
}

function assistant(part: Part, at: string): Turn {
  return { role: 'assistant', parts: [part], at }
}

function readMessage(item: JsonObject, at: string, fields: Fields): Turn {
  const role = fields.word(item, 'role', at, ROLES)
  if (item['role'] == null) fields.wrong(undefined, `${at}/role`, 'a string, such as "user"')
  return { role: role ?? 'user', parts: decodeContent(item['content'], `${at}/content`, fields), at }
}

function readCall(item: JsonObject, member: 'arguments' | 'input', at: string, fields: Fields): ToolCallPart {
  const value = item[member]
  const args = member === 'arguments' ? argumentsText(value) : fields.string(item, member, at)
  if (args === undefined) fields.wrong(value, `${at}/${member}`, 'a string')
  const { id, signature } = splitSignature(fields.needed(item, 'call_id', at))
  return present({ type: 'tool_call', id, name: fields.needed(item, 'name', at), arguments: args ?? '', signature, at })
}

/** JSON text of an object; some clients send the object itself, or nothing where the tool takes nothing. */
export function argumentsText(value: unknown): string | undefined {
  if (value == null || value === '') return '{}'
  if (isObject(value)) return JSON.stringify(value)
  return typeof value === 'string' ? value : undefined
}

function readOutput(item: JsonObject, at: string, fields: Fields): Turn {
  const parts = decodeContent(item['output'] ?? '', `${at}/output`, fields)
  const content = parts.filter((part): part is ToolResultPart['content'][number] => ['text', 'image', 'document'].includes(part.type))
  const odd = parts.find((part) => !(content as Part[]).includes(part))
  if (odd !== undefined) fields.wrong(odd.type, `${odd.at}/type`, 'one of "input_text", "input_image", "input_file"')
  const part = present({
    type: 'tool_result',
    callId: splitSignature(fields.needed(item, 'call_id', at)).id,
    name: fields.string(item, 'name', at),
    content,
    at,
  })
  return { role: 'tool', parts: [part], at }
}

/**
 * What the model thought, of a request or of an answer: the text itself where it is there, else its summary, whose parts
 * are paragraphs. What comes encrypted is OpenAI's own or, sealed by us, another vendor's.
 */
export function reasoningPart(item: JsonObject, at: string): ReasoningPart {
  const { id, content, summary, encrypted_content: encrypted } = item
  const shown = [content, summary].map(paragraphs).find((text) => text !== '') ?? ''
  const own = typeof id === 'string' && id !== '' ? id : undefined
  const stored: Proof = own === undefined ? {} : { origin: 'openai-responses' }
  const proof = typeof encrypted === 'string' && encrypted !== '' ? proofOf(encrypted, shown !== '') : stored
  return present({ type: 'reasoning', text: shown, ...proof, id: own, at })
}

function paragraphs(value: unknown): string {
  if (!Array.isArray(value)) return ''
  return value
    .filter(isObject)
    .map((part): unknown => part['text'])
    .filter((part): part is TextPart['text'] => typeof part === 'string')
    .join('\n\n')
}
