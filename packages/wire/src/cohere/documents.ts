import type { DocumentPart } from '../canonical/conversation.ts'
import type { Fields } from '../input/fields.ts'
import { documentText } from '../canonical/media.ts'
import { isObject, parseObject, type JsonObject } from '../json/object.ts'
import { present } from '../json/present.ts'

const TEXT = 'text/plain'
const JSON_TYPE = 'application/json'

/**
 * A document of a request (`documents`, or content of a tool's result): a string, or `{data, id}`. Data that is a text,
 * perhaps with a title and a context, is that text; any other data is its JSON, for "both the key name and the value will be passed to
 * the model". The id by which citations name it is kept as the file's name.
 */
export function decodeDocument(fields: Fields, value: unknown, at: string): DocumentPart | undefined {
  if (typeof value === 'string') return { type: 'document', source: { kind: 'text', text: value, mediaType: TEXT }, at }
  if (!isObject(value)) return fields.fail(at, 'a document is a string, or an object with `data`')
  const data = fields.object(value, 'data', at)
  if (data === undefined) return fields.fail(`${at}/data`, '`data` is missing: it is an object, such as {"text": …}')
  const id = fields.string(value, 'id', at)
  return { ...partOf(data, at), ...(id === undefined ? {} : { filename: id }) }
}

function partOf(data: JsonObject, at: string): DocumentPart {
  const { text, title, context, ...rest } = data
  const plain = isText(text) && (title === undefined || isText(title)) && (context === undefined || isText(context))
  if (!plain || Object.keys(rest).length > 0)
    return { type: 'document', source: { kind: 'text', text: JSON.stringify(data), mediaType: JSON_TYPE }, at }
  return { type: 'document', source: { kind: 'text', text, mediaType: TEXT }, ...present({ title, context }), at }
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

/** The document as Cohere takes it; undefined where its text is not at hand (a PDF, an address, an id at a vendor). */
export function encodeDocument(part: DocumentPart): JsonObject | undefined {
  const text = documentText(part)
  if (text === undefined) return undefined
  const parsed = part.source.kind === 'text' && part.source.mediaType === JSON_TYPE ? parseObject(text) : undefined
  const { title, context } = part
  const data = parsed ?? { ...present({ title, context }), text }
  return { data, ...(part.filename === undefined ? {} : { id: part.filename }) }
}
