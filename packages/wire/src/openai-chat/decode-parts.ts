import type { AudioPart, DocumentPart, ImagePart, Part, ReasoningPart, Source, TextPart } from '../canonical/conversation.ts'
import { sniffed, sourceOf } from '../canonical/media.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { mediaTypeOfFormat } from './audio.ts'
import { cacheControlOf } from './cache-control.ts'
import { ARRAY, OBJECT, oneOf, STRING, type Checks } from '../input/checks.ts'

type PartDecoder = (part: JsonObject, at: string, checks: Checks) => Part

const DECODERS: Record<string, PartDecoder> = {
  text: decodeText,
  refusal: (part, at, checks) => ({ type: 'refusal', text: checks.required(part['refusal'], `${at}/refusal`, STRING) ?? '', at }),
  image_url: decodeImage,
  input_audio: decodeAudio,
  file: decodeFile,
  video_url: (part, at, checks) => ({ type: 'video', source: addressed(part, 'video_url', at, checks).source, at }),
  thinking: decodeThinking,
}

const DETAIL = oneOf('low', 'high', 'auto', 'original')

/**
 * Reads the content of a message: a string is one part of text, null none. A part of another type goes only to an
 * upstream that speaks the same.
 */
export function decodeContent(content: unknown, at: string, checks: Checks): Part[] {
  if (content == null) return []
  if (typeof content === 'string') return [{ type: 'text', text: content, at }]
  const parts = checks.required(content, at, { ...ARRAY, expected: 'a string or an array of parts' }) ?? []
  return parts.map((part, index) => decodePart(part, `${at}/${index}`, checks))
}

function decodePart(value: unknown, at: string, checks: Checks): Part {
  if (typeof value === 'string') return { type: 'text', text: value, at }
  const part = checks.required(value, at, { ...OBJECT, expected: 'an object, such as {"type": "text", "text": …}' }) ?? {}
  const type = checks.required(part['type'], `${at}/type`, STRING) ?? ''
  const decode = Object.hasOwn(DECODERS, type) ? DECODERS[type] : undefined
  if (decode === undefined) return { type: 'vendor', dialect: 'openai-chat', value: part, at }
  return { ...decode(part, at, checks), ...cacheControlOf(part, at, checks) }
}

function decodeText(part: JsonObject, at: string, checks: Checks): TextPart {
  return { type: 'text', text: checks.required(part['text'], `${at}/text`, STRING) ?? '', at }
}

function decodeImage(part: JsonObject, at: string, checks: Checks): ImagePart {
  const { source, holder } = addressed(part, 'image_url', at, checks)
  const detail = checks.optional(holder['detail'], `${at}/image_url/detail`, DETAIL)
  return { type: 'image', source, ...(detail === undefined ? {} : { detail }), at }
}

/** `{url}` under the name of the part; some clients send the URL itself. */
function addressed(part: JsonObject, name: string, at: string, checks: Checks): { source: Source; holder: JsonObject } {
  const value = part[name]
  if (typeof value === 'string') return { source: sourceOf(value), holder: {} }
  const holder = checks.required(value, `${at}/${name}`, { ...OBJECT, expected: 'an object with a `url`' }) ?? {}
  return { source: sourceOf(checks.required(holder['url'], `${at}/${name}/url`, STRING) ?? ''), holder }
}

function decodeAudio(part: JsonObject, at: string, checks: Checks): AudioPart {
  const audio =
    checks.required(part['input_audio'], `${at}/input_audio`, { ...OBJECT, expected: 'an object with `data` and `format`' }) ?? {}
  const data = checks.required(audio['data'], `${at}/input_audio/data`, STRING) ?? ''
  const format = checks.required(audio['format'], `${at}/input_audio/format`, STRING) ?? ''
  return { type: 'audio', source: { kind: 'base64', mediaType: mediaTypeOfFormat(format), data }, at }
}

function decodeFile(part: JsonObject, at: string, checks: Checks): DocumentPart {
  const expected = 'an object with `file_data` (and `filename`) or a `file_id`'
  const file = checks.required(part['file'], `${at}/file`, { ...OBJECT, expected }) ?? {}
  const filename = checks.optional(file['filename'], `${at}/file/filename`, STRING)
  const data = checks.optional(file['file_data'], `${at}/file/file_data`, STRING)
  const id = checks.optional(file['file_id'], `${at}/file/file_id`, STRING)
  if (data === undefined && id === undefined) checks.fail(`${at}/file`, `\`file\` is empty: it must be ${expected}`)
  const source: Source = data === undefined ? { kind: 'file', id: id ?? '' } : fileSource(data)
  return { type: 'document', source, ...(filename === undefined ? {} : { filename }), at }
}

/** OpenAI wants a `data:` URL; the bare bytes are taken, too, and at some vendors an address. */
function fileSource(data: string): Source {
  if (/^(data|https?):/i.test(data)) return sourceOf(data)
  return { kind: 'base64', mediaType: sniffed(data) ?? 'application/pdf', data }
}

/** Mistral's form of what the model thought: `thinking` is a text, or an array of parts of text. */
function decodeThinking(part: JsonObject, at: string): ReasoningPart {
  return { type: 'reasoning', text: thinkingText(part['thinking']), at }
}

/** The text of a `thinking` member, in a request or in an answer. */
export function thinkingText(thinking: unknown): string {
  if (typeof thinking === 'string') return thinking
  if (!Array.isArray(thinking)) return ''
  return thinking.map((piece: unknown) => (isObject(piece) && typeof piece['text'] === 'string' ? piece['text'] : '')).join('')
}
