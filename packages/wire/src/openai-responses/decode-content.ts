import { sourceOf } from '../canonical/media.ts'
import type { CacheControl, DocumentPart, ImagePart, Part, Source, TextPart } from '../canonical/conversation.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { citationOf } from './citations.ts'
import { compact, type Fields } from './fields.ts'

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
  const list = fields.required(fields.list(content, at), content, at, 'a string, or an array of content parts', [])
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
  const annotations = fields.list(part['annotations'], `${at}/annotations`) ?? []
  return compact<TextPart>({
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
  return compact<ImagePart>({
    type: 'image',
    source,
    detail: fields.word(part['detail'], `${at}/detail`, ['low', 'high', 'auto', 'original']),
    cacheControl: breakpointOf(part, at, fields),
    at,
  })
}

function readFile(part: JsonObject, at: string, fields: Fields): DocumentPart | undefined {
  const data = fields.string(part['file_data'], `${at}/file_data`)
  const source = data === undefined ? readSource(part, 'file_url', at, fields) : dataSource(data)
  if (source === undefined) return fields.wrong(undefined, `${at}/file_data`, 'a `data:` URL, or the part has a `file_url` or a `file_id`')
  return compact<DocumentPart>({
    type: 'document',
    source,
    filename: fields.string(part['filename'], `${at}/filename`),
    cacheControl: breakpointOf(part, at, fields),
    at,
  })
}

function readSource(part: JsonObject, urlMember: string, at: string, fields: Fields): Source | undefined {
  const url = fields.string(part[urlMember], `${at}/${urlMember}`)
  const id = fields.string(part['file_id'], `${at}/file_id`)
  if (url !== undefined) return sourceOf(url)
  return id === undefined ? undefined : { kind: 'file', id }
}

/** Files come as `data:` URLs; base64 without one is taken for a PDF, unless its first bytes show another type. */
function dataSource(data: string): Source {
  return sourceOf(data.startsWith('data:') ? data : `data:application/pdf;base64,${data}`)
}

function readAudio(part: JsonObject, at: string, fields: Fields): Part | undefined {
  const audio = fields.object(part['input_audio'], `${at}/input_audio`)
  const data = fields.string(audio?.['data'], `${at}/input_audio/data`)
  const format = fields.string(audio?.['format'], `${at}/input_audio/format`)
  if (data === undefined) return fields.wrong(undefined, `${at}/input_audio`, 'an object with base64 `data` and a `format`')
  const mediaType = format === 'mp3' ? 'audio/mpeg' : `audio/${format ?? 'wav'}`
  return { type: 'audio', source: { kind: 'base64', mediaType, data }, at }
}

/**
 * OpenAI's two lifetimes of a cache breakpoint stand for the two that other vendors have: 30 minutes for the short one,
 * 12 hours for the long one (OpenAI's guide "Prompt caching").
 */
function breakpointOf(part: JsonObject, at: string, fields: Fields): CacheControl | undefined {
  const place = `${at}/prompt_cache_breakpoint`
  const breakpoint = fields.object(part['prompt_cache_breakpoint'], place)
  if (breakpoint === undefined) return undefined
  const ttl = fields.word(breakpoint['ttl'], `${place}/ttl`, ['30m', '12h'])
  return ttl === undefined ? {} : { ttl: ttl === '12h' ? '1h' : '5m' }
}
