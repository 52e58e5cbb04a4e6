import type { ReasoningPart, ToolCallPart, Turn, VendorPart } from '../canonical/conversation.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { present } from '../json/present.ts'
import { encodeText } from './encode-parts.ts'
import type { Encoding } from './encoding.ts'
import { detailOf } from './reasoning-details.ts'
import { wireId } from './wire-id.ts'

/** What an assistant's turn holds, by kind: the dialect has a member for each, and one order of them. */
interface Held {
  content: JsonObject[]
  refusals: string[]
  calls: ToolCallPart[]
  reasoning: ReasoningPart[]
  vendor: JsonObject
}

/** Whether a last turn is the beginning of the answer, as Anthropic's callers may give it. */
export function isPrefill({ role, parts }: Turn): boolean {
  return role === 'assistant' && parts.some(({ type }) => type === 'text') && !parts.some(({ type }) => type === 'tool_call')
}

/** The message of an assistant's turn; none where nothing is left to say. */
export function encodeAssistant(turn: Turn, encoding: Encoding): JsonObject[] {
  const held = sorted(turn, encoding)
  const { content, refusals, calls, vendor } = held
  const members = {
    ...present({
      refusal: refusals.length === 0 ? undefined : refusals.join(''),
      tool_calls: calls.length === 0 ? undefined : calls.map((call) => encodeCall(call, encoding)),
    }),
    ...vendor,
  }
  if (content.length === 0 && Object.keys(members).length === 0) return []
  return [
    present({
      role: 'assistant',
      name: encoding.nameOf(turn),
      content: contentOf(content),
      ...reasoningMembers(held, encoding),
      ...members,
    }),
  ]
}

function sorted({ parts }: Turn, encoding: Encoding): Held {
  const held: Held = { content: [], refusals: [], calls: [], reasoning: [], vendor: {} }
  for (const part of parts) {
    if (part.type === 'text') held.content.push(encodeText(part, encoding))
    else if (part.type === 'refusal') held.refusals.push(part.text)
    else if (part.type === 'tool_call') held.calls.push(part)
    else if (part.type === 'reasoning') held.reasoning.push(part)
    else if (part.type === 'vendor') keepVendor(part, held, encoding)
    else encoding.drop(part.at, `a part of the type ${part.type} in an answer`)
  }
  return held
}

/** A part of the content, or members of the message. */
function keepVendor({ dialect, value, at }: VendorPart, { content, vendor }: Held, encoding: Encoding): void {
  if (dialect !== 'openai-chat' || !isObject(value)) encoding.drop(at, 'a part that only its own vendor knows')
  else if ('type' in value) content.push(value)
  else Object.assign(vendor, value)
}

/** Pieces of one text, as citations cut it, are that text; they stay apart where one is more than text. */
function contentOf(content: JsonObject[]): string | JsonObject[] | null {
  if (content.length === 0) return null
  const plain = content.every((part) => part['type'] === 'text' && !('cache_control' in part))
  return plain ? content.map(({ text }) => String(text)).join('') : content
}

function encodeCall({ id, name, arguments: text, custom }: ToolCallPart, encoding: Encoding): JsonObject {
  const wire = wireId(id, encoding.quirks)
  if (custom === true) return { id: wire, type: 'custom', custom: { name, input: text } }
  return { id: wire, type: 'function', function: { name, arguments: text } }
}

/**
 * Reasoning that the vendor signed or encrypted goes back to it; another vendor's does not (M6). Where the vendor wants
 * the text back, it wants the member on every turn that called tools, if empty, and ignores it elsewhere (DeepSeek API,
 * "Thinking mode").
 */
function reasoningMembers({ reasoning, calls }: Held, { quirks }: Encoding): JsonObject {
  const own = reasoning.filter((part) => part.origin === 'openai-chat' && isSigned(part))
  const details = own.length === 0 ? undefined : own.map((part) => detailOf(part))
  if (quirks.reasoningContentBack !== true) return present({ reasoning_details: details })
  const text = reasoning
    .filter((part) => !isSigned(part))
    .map((part) => part.text)
    .join('')
  return present({ reasoning_content: text === '' && calls.length === 0 ? undefined : text, reasoning_details: details })
}

/** Some dialects want a signature where a vendor gave none: an empty one signs nothing. */
function isSigned({ signature = '', redacted }: ReasoningPart): boolean {
  return signature !== '' || redacted !== undefined
}
