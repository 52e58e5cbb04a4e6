import { sourceOf } from '../canonical/media.ts'
import { splitSignature } from '../canonical/tool-ids.ts'
import type { Citation, DocumentPart, ImagePart, Part, TextPart, ToolCallPart, ToolResultPart, Turn } from '../canonical/conversation.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { decodeCitations } from './citations.ts'
import { decodeDocument } from './documents.ts'
import type { MemberReader } from './members.ts'
import { argumentsOf } from './tools.ts'

const ROLES = ['system', 'user', 'assistant', 'tool'] as const

/** The messages as turns, one each. */
export function decodeMessages(reader: MemberReader, value: JsonObject): Turn[] {
  return reader.objects(reader.list(value, 'messages', ''), '/messages').map(({ item, at }) => {
    const role = reader.oneOf(item, 'role', at, ROLES) ?? 'user'
    return { role, parts: partsOf(reader, role, item, at), at }
  })
}

function partsOf(reader: MemberReader, role: (typeof ROLES)[number], message: JsonObject, at: string): Part[] {
  if (role === 'assistant') return decodeAssistant(reader, message, at, FROM_CLIENT)
  if (message['content'] == null) reader.fail(`${at}/content`, '`content` is missing: it is a string, or an array of content blocks')
  return role === 'tool' ? [decodeResult(reader, message, at)] : decodeContent(reader, message, at)
}

/** How names and ids of calls are to be read: as a client sends them, or as the vendor does. */
export interface CallReading {
  id(id: string): { id: string; signature?: string }
  name(name: string): string
}

/** Clients send ids back as they got them. */
const FROM_CLIENT: CallReading = { id: splitSignature, name: (name) => name }

export function decodeAssistant(reader: MemberReader, message: JsonObject, at: string, reading: CallReading): Part[] {
  const placed = decodeCitations(message['citations'], message['content'])
  const parts = decodeContent(reader, message, at).map((part, index) => cited(part, placed.content.get(index)))
  const plan = reader.string(message, 'tool_plan', at)
  // The plan is what the model says before it calls tools: text, to every other vendor.
  if (plan !== undefined && plan !== '') parts.push(cited({ type: 'text', text: plan, at: `${at}/tool_plan` }, placed.plan))
  const calls = reader.objects(reader.list(message, 'tool_calls', at), `${at}/tool_calls`)
  return [...parts, ...calls.map(({ item, at: place }) => decodeCall(reader, item, place, reading))]
}

function cited(part: Part, citations: Citation[] | undefined): Part {
  return part.type !== 'text' || citations === undefined || citations.length === 0 ? part : { ...part, citations }
}

function decodeCall(reader: MemberReader, call: JsonObject, at: string, reading: CallReading): ToolCallPart {
  const own = reader.object(call, 'function', at) ?? {}
  const name = reader.required(own, 'name', `${at}/function`)
  const ids = reading.id(reader.required(call, 'id', at))
  return { type: 'tool_call', ...ids, name: reading.name(name), arguments: argumentsOf(own['arguments']), at }
}

function decodeResult(reader: MemberReader, message: JsonObject, at: string): ToolResultPart {
  const { id } = splitSignature(reader.required(message, 'tool_call_id', at))
  const content = decodeContent(reader, message, at)
  for (const part of content) if (!isResultContent(part)) reader.fail(part.at, "a tool's result is made of text and documents")
  return { type: 'tool_result', callId: id, content: content.filter(isResultContent), at }
}

function isResultContent(part: Part): part is TextPart | DocumentPart {
  return part.type === 'text' || part.type === 'document'
}

function decodeContent(reader: MemberReader, message: JsonObject, at: string): Part[] {
  const { content } = message
  const place = `${at}/content`
  if (typeof content === 'string') return [{ type: 'text', text: content, at: place }]
  return reader.objects(reader.list(message, 'content', at), place).flatMap(({ item, at: block }) => decodeBlock(reader, item, block) ?? [])
}

function decodeBlock(reader: MemberReader, block: JsonObject, at: string): Part | undefined {
  switch (block['type']) {
    case 'text':
      return { type: 'text', text: reader.required(block, 'text', at), at }
    case 'thinking':
      return { type: 'reasoning', text: reader.required(block, 'thinking', at), at }
    case 'image_url':
      return decodeImage(reader, block, at)
    case 'document':
      return decodeDocument(reader, block['document'], `${at}/document`)
    default:
      return { type: 'vendor', dialect: 'cohere', value: block, at }
  }
}

function decodeImage(reader: MemberReader, block: JsonObject, at: string): ImagePart | undefined {
  const image = block['image_url']
  if (typeof image === 'string') return { type: 'image', source: sourceOf(image), at }
  if (!isObject(image)) return reader.fail(`${at}/image_url`, '`image_url` is missing: it is an object with `url`')
  const url = reader.required(image, 'url', `${at}/image_url`)
  const detail = reader.oneOf(image, 'detail', `${at}/image_url`, ['auto', 'low', 'high'])
  return { type: 'image', source: sourceOf(url), ...(detail === undefined ? {} : { detail }), at }
}
