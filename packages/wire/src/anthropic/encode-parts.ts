import type { DocumentPart, ImagePart, Part, TextPart, ToolResultPart } from '../canonical/conversation.ts'
import { plainId } from '../canonical/tool-ids.ts'
import { isObject, parseObject, type JsonObject } from '../json/object.ts'
import { encodeCitation } from './citations.ts'
import { withCache, type Encoding } from './encoding.ts'

/** Ids are letters, digits, `_` and `-`; how long they may be is not documented, the vendor's own are half of this. */
const LONGEST_ID = 64

/** Guide "Vision". */
const IMAGE_TYPES = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp'])

const FOREIGN_FILE = 'the id belongs to another vendor'

/** The block of a part; undefined where it has none: what is lost by that is listed. */
export function encodePart(part: Part, encoding: Encoding): JsonObject | undefined {
  switch (part.type) {
    case 'text':
      return textBlock(part, encoding)
    case 'refusal':
      return isBlank(part.text) ? undefined : withCache({ type: 'text', text: part.text }, part, encoding)
    case 'image':
      return imageBlock(part, encoding)
    case 'document':
      return documentBlock(part, encoding)
    case 'tool_call':
      return withCache({ type: 'tool_use', id: wireId(part.id), name: part.name, input: inputOf(part.arguments) }, part, encoding)
    case 'tool_result':
      return resultBlock(part, encoding)
    case 'reasoning':
      return reasoningBlock(part)
    case 'audio':
    case 'video':
      return lost(part, `${part.type} input`, encoding)
    case 'vendor':
      return vendorBlock(part, encoding)
    default:
      return undefined
  }
}

/** Calls and results have the same id, made by the same rule (T7). */
export function wireId(id: string): string {
  return plainId(id, LONGEST_ID)
}

/** The vendor refuses text blocks that are empty or only white space (T11, M2). */
export function isBlank(text: string): boolean {
  return text.trim() === ''
}

/** Arguments must be an object. Free text, or what is no JSON after all, is wrapped. */
export function inputOf(text: string): JsonObject {
  return parseObject(text) ?? (isBlank(text) ? {} : { input: text })
}

export function textBlock(part: TextPart, encoding: Encoding): JsonObject | undefined {
  if (isBlank(part.text)) return undefined
  const citations = part.citations?.filter(({ raw }) => raw?.dialect === 'anthropic').map(encodeCitation)
  const own = citations === undefined || citations.length === 0 ? {} : { citations }
  return withCache({ type: 'text', text: part.text, ...own }, part, encoding)
}

function imageBlock(part: ImagePart, encoding: Encoding): JsonObject | undefined {
  const { source, detail } = part
  if (source.kind === 'file') return lost(part, 'an uploaded image', encoding, FOREIGN_FILE)
  if (source.kind === 'base64' && !IMAGE_TYPES.has(source.mediaType)) return lost(part, `an image of type ${source.mediaType}`, encoding)
  if (detail === 'low') encoding.unsupported.push({ at: part.at, what: 'the detail of an image' })
  return withCache({ type: 'image', source: sourceBlock(source) }, part, encoding)
}

function documentBlock(part: DocumentPart, encoding: Encoding): JsonObject | undefined {
  const { source } = part
  if (source.kind === 'file') return lost(part, 'an uploaded file', encoding, FOREIGN_FILE)
  const block = source.kind === 'text' ? plainText(source.text) : source.kind === 'base64' ? base64Document(source) : sourceBlock(source)
  if (block === undefined) return lost(part, `a file of type ${'mediaType' in source ? source.mediaType : 'unknown'}`, encoding)
  const title = part.title ?? part.filename
  return withCache(
    {
      type: 'document',
      source: block,
      ...(title === undefined || title === '' ? {} : { title }),
      ...(part.context === undefined ? {} : { context: part.context }),
      ...(part.citations === undefined ? {} : { citations: { enabled: part.citations } }),
    },
    part,
    encoding,
  )
}

function base64Document({ mediaType, data }: { mediaType: string; data: string }): JsonObject | undefined {
  if (mediaType === 'application/pdf') return sourceBlock({ kind: 'base64', mediaType, data })
  return mediaType.startsWith('text/') ? plainText(Buffer.from(data, 'base64').toString('utf8')) : undefined
}

function plainText(data: string): JsonObject {
  return { type: 'text', media_type: 'text/plain', data }
}

function sourceBlock(source: { kind: 'base64'; mediaType: string; data: string } | { kind: 'url'; url: string }): JsonObject {
  return source.kind === 'url' ? { type: 'url', url: source.url } : { type: 'base64', media_type: source.mediaType, data: source.data }
}

function resultBlock(part: ToolResultPart, encoding: Encoding): JsonObject {
  const content = contentOf(part.content, encoding)
  return withCache(
    {
      type: 'tool_result',
      tool_use_id: wireId(part.callId),
      ...(content.length === 0 ? {} : { content }),
      ...(part.isError === undefined ? {} : { is_error: part.isError }),
    },
    part,
    encoding,
  )
}

/** One piece of plain text goes as a string, as most callers send it; anything else as blocks. */
export function contentOf(parts: readonly Part[], encoding: Encoding): string | JsonObject[] {
  const blocks = parts.map((part) => encodePart(part, encoding)).filter((block) => block !== undefined)
  const [only] = blocks
  const text = blocks.length === 1 && only?.['type'] === 'text' && Object.keys(only).length === 2 ? only['text'] : undefined
  return typeof text === 'string' ? text : blocks
}

/** Reasoning that this vendor signed goes back to it; any other is of no use here (M6). */
function reasoningBlock({ text, signature, redacted, origin }: Extract<Part, { type: 'reasoning' }>): JsonObject | undefined {
  if (origin !== 'anthropic') return undefined
  if (redacted !== undefined) return { type: 'redacted_thinking', data: redacted }
  return signature === undefined ? undefined : { type: 'thinking', thinking: text, signature }
}

function vendorBlock(part: Extract<Part, { type: 'vendor' }>, encoding: Encoding): JsonObject | undefined {
  const type = isObject(part.value) ? part.value['type'] : undefined
  const name = typeof type === 'string' ? type : 'of a form of its own'
  if (part.dialect !== 'anthropic' || !isObject(part.value)) return lost(part, `a part ${name}`, encoding, 'only its own vendor has it')
  return withCache({ ...part.value }, part, encoding)
}

function lost({ at }: Part, what: string, { unsupported }: Encoding, why?: string): undefined {
  unsupported.push({ at, what, ...(why === undefined ? {} : { why }) })
}
