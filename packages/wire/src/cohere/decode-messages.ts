import { sourceOf } from '../canonical/media.ts'
import { splitSignature } from '../canonical/tool-ids.ts'
import type { Citation, DocumentPart, ImagePart, Part, TextPart, ToolCallPart, ToolResultPart, Turn } from '../canonical/conversation.ts'
import type { Fields } from '../input/fields.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { decodeCitations } from './citations.ts'
import { decodeDocument } from './documents.ts'
import { argumentsOf } from './tools.ts'

const ROLES = ['system', 'user', 'assistant', 'tool'] as const

/** The messages as turns, one each. */
export function decodeMessages(fields: Fields, value: JsonObject): Turn[] {
  return fields.objects(value, 'messages', '').map(({ value: item, at }) => {
    const role = fields.word(item, 'role', at, ROLES) ?? 'user'
    return { role, parts: partsOf(fields, role, item, at), at }
  })
}

function partsOf(fields: Fields, role: (typeof ROLES)[number], message: JsonObject, at: string): Part[] {
  if (role === 'assistant') return decodeAssistant(fields, message, at, splitSignature)
  if (message['content'] == null) fields.fail(`${at}/content`, '`content` is missing: it is a string, or an array of content blocks')
  return role === 'tool' ? [decodeResult(fields, message, at)] : decodeContent(fields, message, at)
}

/** How the id of a call is read: as the vendor gives it, or as a client sends it back. */
type IdReading = (id: string) => { id: string; signature?: string }

export function decodeAssistant(fields: Fields, message: JsonObject, at: string, readId: IdReading): Part[] {
  const placed = decodeCitations(message['citations'], message['content'])
  const parts = decodeContent(fields, message, at).map((part, index) => cited(part, placed.content.get(index)))
  const plan = fields.string(message, 'tool_plan', at)
  // The plan is what the model says before it calls tools: text, to every other vendor.
  if (plan !== undefined && plan !== '') parts.push(cited({ type: 'text', text: plan, at: `${at}/tool_plan` }, placed.plan))
  const calls = fields.objects(message, 'tool_calls', at)
  return [...parts, ...calls.map(({ value: item, at: place }) => decodeCall(fields, item, place, readId))]
}

function cited(part: Part, citations: Citation[] | undefined): Part {
  return part.type !== 'text' || citations === undefined || citations.length === 0 ? part : { ...part, citations }
}

function decodeCall(fields: Fields, call: JsonObject, at: string, readId: IdReading): ToolCallPart {
  const own = fields.object(call, 'function', at) ?? {}
  const name = fields.needed(own, 'name', `${at}/function`)
  const ids = readId(fields.needed(call, 'id', at))
  return { type: 'tool_call', ...ids, name, arguments: argumentsOf(own['arguments']), at }
}

function decodeResult(fields: Fields, message: JsonObject, at: string): ToolResultPart {
  const { id } = splitSignature(fields.needed(message, 'tool_call_id', at))
  const content = decodeContent(fields, message, at)
  for (const part of content) if (!isResultContent(part)) fields.fail(part.at, "a tool's result is made of text and documents")
  return { type: 'tool_result', callId: id, content: content.filter(isResultContent), at }
}

function isResultContent(part: Part): part is TextPart | DocumentPart {
  return part.type === 'text' || part.type === 'document'
}

function decodeContent(fields: Fields, message: JsonObject, at: string): Part[] {
  const { content } = message
  if (typeof content === 'string') return [{ type: 'text', text: content, at: `${at}/content` }]
  return fields.objects(message, 'content', at).flatMap(({ value: item, at: block }) => decodeBlock(fields, item, block) ?? [])
}

function decodeBlock(fields: Fields, block: JsonObject, at: string): Part | undefined {
  switch (block['type']) {
    case 'text':
      return { type: 'text', text: fields.needed(block, 'text', at), at }
    case 'thinking':
      return { type: 'reasoning', text: fields.needed(block, 'thinking', at), at }
    case 'image_url':
      return decodeImage(fields, block, at)
    case 'document':
      return decodeDocument(fields, block['document'], `${at}/document`)
    default:
      return { type: 'vendor', dialect: 'cohere', value: block, at }
  }
}

function decodeImage(fields: Fields, block: JsonObject, at: string): ImagePart | undefined {
  const image = block['image_url']
  if (typeof image === 'string') return { type: 'image', source: sourceOf(image), at }
  if (!isObject(image)) return fields.fail(`${at}/image_url`, '`image_url` is missing: it is an object with `url`')
  const url = fields.needed(image, 'url', `${at}/image_url`)
  const detail = fields.word(image, 'detail', `${at}/image_url`, ['auto', 'low', 'high'])
  return { type: 'image', source: sourceOf(url), ...(detail === undefined ? {} : { detail }), at }
}
