import type { AudioPart, DocumentPart, ImagePart, Part, TextPart, VideoPart } from '../canonical/conversation.ts'
import { introduced, urlOf } from '../canonical/media.ts'
import type { JsonObject } from '../json/object.ts'
import { present } from '../json/present.ts'
import { formatOfMediaType } from './audio.ts'
import { cacheControlMember } from './cache-control.ts'
import { REFUSED, type Encoding } from './encoding.ts'

const FOREIGN_ID = 'the id belongs to another vendor'

/** A part of a user's message; undefined where the vendor cannot take it, which is noted. */
export function encodePart(part: Part, encoding: Encoding): JsonObject | undefined {
  switch (part.type) {
    case 'text':
      return encodeText(part, encoding)
    case 'image':
      return withCache(part, encodeImage(part, encoding), encoding)
    case 'document':
      return withCache(part, encodeDocument(part, encoding), encoding)
    case 'audio':
      return withCache(part, encodeAudio(part, encoding), encoding)
    case 'video':
      return withCache(part, encodeVideo(part, encoding), encoding)
    case 'vendor':
      return part.dialect === 'openai-chat' ? (part.value as JsonObject) : encoding.drop(part.at, 'a part that only its own vendor knows')
    case 'refusal':
      return { type: 'text', text: part.text }
    default:
      return encoding.drop(part.at, `a part of the type ${part.type} in a message of the user`)
  }
}

export function encodeText(part: TextPart, encoding: Encoding): JsonObject {
  return { type: 'text', text: part.text, ...cacheOf(part, encoding) }
}

/** A breakpoint saves money and changes no answer: where the vendor has none it is left out without a word. */
export function cacheOf({ cacheControl }: Pick<Part, 'cacheControl'>, encoding: Encoding): JsonObject {
  return encoding.refuses('cacheControl') ? {} : cacheControlMember(cacheControl)
}

function withCache(part: Part, encoded: JsonObject | undefined, encoding: Encoding): JsonObject | undefined {
  return encoded && { ...encoded, ...cacheOf(part, encoding) }
}

function encodeImage({ source, detail, at }: ImagePart, encoding: Encoding): JsonObject | undefined {
  if (encoding.refuses('image')) return encoding.drop(at, 'an image', REFUSED)
  const url = urlOf(source)
  return url === undefined
    ? encoding.drop(at, 'an image by its id', FOREIGN_ID)
    : { type: 'image_url', image_url: present({ url, detail }) }
}

/** Files go inline, or by an id that is OpenAI's own; a text goes as what it is. */
function encodeDocument(part: DocumentPart, encoding: Encoding): JsonObject | undefined {
  const { source, title, context, at } = part
  if (part.citations === true) encoding.drop(at, 'citations of a document')
  if (source.kind === 'text') return { type: 'text', text: introduced(part, source.text) }
  if (encoding.refuses('document')) return encoding.drop(at, 'a document', REFUSED)
  if (context !== undefined) encoding.drop(at, 'the context of a document')
  if (source.kind === 'url') return encoding.drop(at, 'a document by its address', 'the vendor takes documents inline only')
  if (source.kind === 'file') {
    const { filename } = part
    return source.id.startsWith('file-')
      ? { type: 'file', file: present({ file_id: source.id, filename }) }
      : encoding.drop(at, 'a document by its id', FOREIGN_ID)
  }
  return { type: 'file', file: { filename: part.filename ?? title ?? nameFor(source.mediaType), file_data: urlOf(source) } }
}

/** The vendor wants a name beside the bytes. */
function nameFor(mediaType: string): string {
  return `document.${mediaType === 'text/plain' ? 'txt' : (/[a-z0-9]+$/.exec(mediaType)?.[0] ?? 'bin')}`
}

function encodeAudio({ source, at }: AudioPart, encoding: Encoding): JsonObject | undefined {
  if (encoding.refuses('audio')) return encoding.drop(at, 'audio', REFUSED)
  if (source.kind !== 'base64') return encoding.drop(at, 'audio that is not inline')
  return { type: 'input_audio', input_audio: { data: source.data, format: formatOfMediaType(source.mediaType) } }
}

/** OpenAI has no video; OpenRouter, Alibaba and Moonshot take it in this form. */
function encodeVideo({ source, at }: VideoPart, encoding: Encoding): JsonObject | undefined {
  if (encoding.refuses('video')) return encoding.drop(at, 'a video', REFUSED)
  const url = urlOf(source)
  return url === undefined ? encoding.drop(at, 'a video by its id', FOREIGN_ID) : { type: 'video_url', video_url: { url } }
}
