import type { CacheControl, DocumentPart, ImagePart, Part, Source, TextPart, ToolResultPart } from '../canonical/conversation.ts'
import { sniffed } from '../canonical/media.ts'
import { splitSignature } from '../canonical/tool-ids.ts'
import type { Fields } from '../input/fields.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { decodeCitation } from './citations.ts'
import { unmarkedSignature } from './signatures.ts'

type BlockDecoder = (block: JsonObject, at: string, fields: Fields) => Part | undefined

/** Content blocks that have a neutral form (Messages API reference, "Input messages"), by their type. */
const BLOCKS: Record<string, BlockDecoder> = {
  text: textPart,
  image: imagePart,
  document: documentPart,
  search_result: searchResult,
  tool_use: toolCall,
  tool_result: toolResult,
  thinking,
  redacted_thinking: redactedThinking,
}

/** `content` of a message: a string is one part, its place that of the content. */
export function decodeContent(message: JsonObject, at: string, fields: Fields): Part[] {
  const content = message['content']
  const place = `${at}/content`
  if (typeof content === 'string') return [{ type: 'text', text: content, at: place }]
  if (!Array.isArray(content)) {
    fields.fail(place, '`content` is a string or an array of content blocks: send one of them')
    return []
  }
  return fields
    .objectsOf(content, place, '{"type": "text", "text": …}')
    .map(({ value: block, at: where }) => decodeBlock(block, where, fields))
    .filter((part) => part !== undefined)
}

/** A block without a neutral form stays what it is, for an upstream of this dialect. */
export function decodeBlock(block: JsonObject, at: string, fields: Fields): Part | undefined {
  const type = fields.needed(block, 'type', at)
  const decode = Object.hasOwn(BLOCKS, type) ? BLOCKS[type] : undefined
  return decode === undefined ? vendorPart(block, at) : decode(block, at, fields)
}

export function vendorPart(value: unknown, at: string): Part {
  return { type: 'vendor', dialect: 'anthropic', value, at, ...(isObject(value) ? cacheOf(value) : {}) }
}

/** A breakpoint of the prompt cache (M3); one member or none, to be spread. */
export function cacheOf(holder: JsonObject): { cacheControl?: CacheControl } {
  const control = holder['cache_control']
  if (!isObject(control)) return {}
  const { ttl } = control
  return { cacheControl: ttl === '5m' || ttl === '1h' ? { ttl } : {} }
}

export function textPart(block: JsonObject, at: string, fields: Fields): TextPart {
  const citations = fields.list(block, 'citations', at)?.map(decodeCitation)
  return {
    type: 'text',
    text: fields.needed(block, 'text', at),
    at,
    ...(citations === undefined ? {} : { citations: citations.filter((citation) => citation !== undefined) }),
    ...cacheOf(block),
  }
}

function imagePart(block: JsonObject, at: string, fields: Fields): ImagePart | undefined {
  const source = sourceOf(fields.object(block, 'source', at), `${at}/source`, fields)
  return source && { type: 'image', source, at, ...cacheOf(block) }
}

function documentPart(block: JsonObject, at: string, fields: Fields): Part | undefined {
  const given = fields.object(block, 'source', at)
  const content = given?.['type'] === 'content' ? plainContent(given['content']) : undefined
  if (given?.['type'] === 'content' && content === undefined) return vendorPart(block, at)
  const source = content ?? textSource(given) ?? sourceOf(given, `${at}/source`, fields)
  if (source === undefined) return undefined
  const [title, context] = [fields.string(block, 'title', at), fields.string(block, 'context', at)]
  return {
    type: 'document',
    source,
    at,
    ...(title === undefined ? {} : { title }),
    ...(context === undefined ? {} : { context }),
    ...citing(block, at, fields),
    ...cacheOf(block),
  }
}

/** A result of a search is a text with a title and a place where it is from. */
function searchResult(block: JsonObject, at: string, fields: Fields): Part | undefined {
  const source = plainContent(block['content'])
  if (source === undefined) return vendorPart(block, at)
  const title = fields.needed(block, 'title', at)
  const context = fields.needed(block, 'source', at)
  return { type: 'document', source, at, title, context, ...citing(block, at, fields), ...cacheOf(block) }
}

function citing(block: JsonObject, at: string, fields: Fields): { citations?: boolean } {
  const config = fields.object(block, 'citations', at)
  const enabled = config && fields.boolean(config, 'enabled', `${at}/citations`)
  return enabled === undefined ? {} : { citations: enabled }
}

type PlainText = Extract<DocumentPart['source'], { kind: 'text' }>

/** Text in pieces, as one text; undefined where it is not only text. */
function plainContent(content: unknown): PlainText | undefined {
  const texts = Array.isArray(content) ? content.map((block: unknown) => (isObject(block) ? block['text'] : undefined)) : [content]
  if (!texts.every((text) => typeof text === 'string')) return undefined
  return { kind: 'text', text: texts.join('\n'), mediaType: 'text/plain' }
}

function textSource(source: JsonObject | undefined): PlainText | undefined {
  if (source?.['type'] !== 'text' || typeof source['data'] !== 'string') return undefined
  return { kind: 'text', text: source['data'], mediaType: 'text/plain' }
}

function sourceOf(source: JsonObject | undefined, at: string, fields: Fields): Source | undefined {
  switch (source?.['type']) {
    case 'base64': {
      const declared = fields.needed(source, 'media_type', at)
      const data = fields.needed(source, 'data', at)
      return { kind: 'base64', mediaType: sniffed(data) ?? declared, data }
    }
    case 'url':
      return { kind: 'url', url: fields.needed(source, 'url', at) }
    case 'file':
      return { kind: 'file', id: fields.needed(source, 'file_id', at) }
    default:
      return fields.fail(at, '`source` is an object with `type` "base64", "url" or "file", for a document "text" or "content", too')
  }
}

/** Ids come back as the caller got them: with the thought signature of the vendor that needs it (T4). */
function toolCall(block: JsonObject, at: string, fields: Fields): Part {
  const { id, signature } = splitSignature(fields.needed(block, 'id', at))
  return {
    type: 'tool_call',
    id,
    name: fields.needed(block, 'name', at),
    arguments: argumentsOf(block['input']),
    at,
    ...(signature === undefined ? {} : { signature }),
    ...cacheOf(block),
  }
}

/** Arguments as JSON text; some vendors send the text itself, or nothing for a tool that takes nothing (T2). */
export function argumentsOf(input: unknown): string {
  if (typeof input === 'string') return input === '' ? '{}' : input
  return JSON.stringify(input ?? {})
}

function toolResult(block: JsonObject, at: string, fields: Fields): Part {
  const callId = splitSignature(fields.needed(block, 'tool_use_id', at)).id
  const parts = block['content'] == null ? [] : decodeContent(block, at, fields)
  const content = parts.filter(isResultPart)
  // What other vendors could not be shown would be missing from the result: then it stays whole.
  if (content.length < parts.length) return vendorPart(block, at)
  const isError = fields.boolean(block, 'is_error', at)
  return { type: 'tool_result', callId, content, at, ...(isError === undefined ? {} : { isError }), ...cacheOf(block) }
}

function isResultPart(part: Part): part is ToolResultPart['content'][number] {
  return part.type === 'text' || part.type === 'image' || part.type === 'document'
}

function thinking(block: JsonObject, at: string, fields: Fields): Part {
  const text = fields.needed(block, 'thinking', at)
  const marked = fields.string(block, 'signature', at) ?? ''
  return { type: 'reasoning', text, at, ...(marked === '' ? {} : unmarkedSignature(marked)) }
}

function redactedThinking(block: JsonObject, at: string, fields: Fields): Part {
  const { signature, origin } = unmarkedSignature(fields.needed(block, 'data', at))
  return { type: 'reasoning', text: '', redacted: signature, origin, at }
}
