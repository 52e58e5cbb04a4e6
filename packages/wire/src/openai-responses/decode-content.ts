import { sourceOf } from '../canonical/media.ts'
import type { CacheControl, DocumentPart, ImagePart, Part, Source, TextPart } from '../canonical/conversation.ts'
import { ARRAY } from '../input/checks.ts'
import type { Fields } from '../input/fields.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { present } from '../json/present.ts'
import { citationOf } from './citations.ts'

/** Reads one content part, at this place. */
type ReadPart = (part: JsonObject, at: string, fields: Fields) => Part | undefined

const PARTS: Record<string, ReadPart> = {
  input_text: readText,
  output_text: readText,
  text: readText,
  refusal: (part, at, fields) => ({ type: 'refusal', text: fields.needed(part, 'refusal', at), at }),
  input_image: readImage,
  input_file: readFile,
  input_audio: readAudio,
}

/** The parts of a message, or of a tool's output: a text is one part. What has no neutral form stays as it is. */
export function decodeContent(content: unknown, at: string, fields: Fields): Part[] {
  if (typeof content === 'string') return [{ type: 'text', text: content, at }]
  const list = fields.required(content ?? undefined, at, { ...ARRAY, expected: 'a string, or an array of content parts' }) ?? []
  return list.flatMap((part, index) => decodePart(part, `${at}/${index}`, fields) ?? [])
}

function decodePart(part: unknown, at: string, fields: Fields): Part | undefined {
  if (!isObject(part)) return fields.wrong(part, at, 'an object with a `type`, such as {"type": "input_text", "text": …}')
  const { type } = part
  if (typeof type !== 'string') return fields.wrong(type, `${at}/type`, 'a string, such as "input_text"')
  const read = PARTS[type]
  return read === undefined ? { type: 'vendor', dialect: 'openai-responses', value: part, at } : read(part, at, fields)
}

function readText(part: JsonObject, at: string, fields: Fields): TextPart {
  const annotations = fields.list(part, 'annotations', at) ?? []
  return present({
    type: 'text',
    text: fields.needed(part, 'text', at),
    citations: annotations.length === 0 ? undefined : annotations.map(citationOf),
    cacheControl: breakpointOf(part, at, fields),
    at,
  })
}

function readImage(part: JsonObject, at: string, fields: Fields): ImagePart | undefined {
  const source = readSource(part, 'image_url', at, fields)
  if (source === undefined) return fields.wrong(undefined, `${at}/image_url`, 'a URL, or the part has a `file_id`')
  return present({
    type: 'image',
    source,
    detail: fields.word(part, 'detail', at, ['low', 'high', 'auto', 'original']),
    cacheControl: breakpointOf(part, at, fields),
    at,
  })
}

function readFile(part: JsonObject, at: string, fields: Fields): DocumentPart | undefined {
  const data = fields.string(part, 'file_data', at)
  const source = data === undefined ? readSource(part, 'file_url', at, fields) : dataSource(data)
  if (source === undefined) return fields.wrong(undefined, `${at}/file_data`, 'a `data:` URL, or the part has a `file_url` or a `file_id`')
  return present({
    type: 'document',
    source,
    filename: fields.string(part, 'filename', at),
    cacheControl: breakpointOf(part, at, fields),
    at,
  })
}

function readSource(part: JsonObject, urlMember: string, at: string, fields: Fields): Source | undefined {
  const url = fields.string(part, urlMember, at)
  const id = fields.string(part, 'file_id', at)
  if (url !== undefined) return sourceOf(url)
  return id === undefined ? undefined : { kind: 'file', id }
}

/** Files come as `data:` URLs; base64 without one is taken for a PDF, unless its first bytes show another type. */
function dataSource(data: string): Source {
  return sourceOf(data.startsWith('data:') ? data : `data:application/pdf;base64,${data}`)
}

function readAudio(part: JsonObject, at: string, fields: Fields): Part | undefined {
  const place = `${at}/input_audio`
  const audio = fields.object(part, 'input_audio', at) ?? {}
  const data = fields.string(audio, 'data', place)
  const format = fields.string(audio, 'format', place)
  if (data === undefined) return fields.wrong(undefined, place, 'an object with base64 `data` and a `format`')
  const mediaType = format === 'mp3' ? 'audio/mpeg' : `audio/${format ?? 'wav'}`
  return { type: 'audio', source: { kind: 'base64', mediaType, data }, at }
}

/**
 * OpenAI's two lifetimes of a cache breakpoint stand for the two that other vendors have: 30 minutes for the short one,
 * 12 hours for the long one (OpenAI's guide "Prompt caching").
 */
function breakpointOf(part: JsonObject, at: string, fields: Fields): CacheControl | undefined {
  const breakpoint = fields.object(part, 'prompt_cache_breakpoint', at)
  if (breakpoint === undefined) return undefined
  const ttl = fields.word(breakpoint, 'ttl', `${at}/prompt_cache_breakpoint`, ['30m', '12h'])
  return ttl === undefined ? {} : { ttl: ttl === '12h' ? '1h' : '5m' }
}
