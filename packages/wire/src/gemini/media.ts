import { sniffed } from '../canonical/media.ts'
import type { Source } from '../canonical/conversation.ts'
import type { JsonObject } from '../json/object.ts'

/** What a part with bytes or an address is, as the canonical form divides them. */
export type MediaKind = 'image' | 'audio' | 'video' | 'document'

const EXTENSIONS: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  heic: 'image/heic',
  heif: 'image/heif',
  pdf: 'application/pdf',
  txt: 'text/plain',
  html: 'text/html',
  css: 'text/css',
  csv: 'text/csv',
  xml: 'text/xml',
  json: 'application/json',
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  ogg: 'audio/ogg',
  flac: 'audio/flac',
  aac: 'audio/aac',
  mp4: 'video/mp4',
  mov: 'video/quicktime',
  webm: 'video/webm',
  mpeg: 'video/mpeg',
}

const YOUTUBE = /^https:\/\/(?:www\.|m\.)?(?:youtube\.com|youtu\.be)\//i

/** Files that only Google can read: in its cloud storage, or uploaded to the Gemini API. */
const GOOGLES = /^gs:\/\/|^https:\/\/generativelanguage\.googleapis\.com\/|^files\//i

/** The kind of a media type; of an address without one, by its extension. */
export function kindOf(mediaType: string | undefined, uri = ''): MediaKind {
  const type = mediaType ?? typeByExtension(uri) ?? ''
  if (type === '' && YOUTUBE.test(uri)) return 'video'
  const [family = ''] = type.split('/')
  return family === 'image' || family === 'audio' || family === 'video' ? family : 'document'
}

/** The media type that the path of an address ends in; undefined where it does not tell. */
export function typeByExtension(uri: string): string | undefined {
  const match = /^[a-z]+:\/\/[^/?#]+\/[^?#]*\.([a-z0-9]{1,5})(?:[?#]|$)/i.exec(uri)
  return match === null ? undefined : EXTENSIONS[(match[1] ?? '').toLowerCase()]
}

/** The source that a `fileData` names. */
export function sourceOfUri(uri: string, mediaType: string | undefined): Source {
  const type = mediaType === undefined ? {} : { mediaType }
  return GOOGLES.test(uri) ? { kind: 'file', id: uri, ...type } : { kind: 'url', url: uri, ...type }
}

/**
 * The part that carries a source: its bytes inline, or an address that Google fetches itself (its own files, and public or
 * signed `https` URLs: "File input methods" in the Gemini API's guide). Undefined: it cannot be carried.
 */
export function mediaPart(source: Source): JsonObject | undefined {
  if (source.kind === 'base64') return { inlineData: { mimeType: sniffed(source.data) ?? source.mediaType, data: source.data } }
  const uri = source.kind === 'file' ? source.id : source.url
  if (source.kind === 'file' ? !GOOGLES.test(uri) : !/^(?:https|gs):\/\//i.test(uri)) return undefined
  const mimeType = source.mediaType ?? typeByExtension(uri)
  return { fileData: { ...(mimeType === undefined ? {} : { mimeType }), fileUri: fullUri(uri) } }
}

/** Why a source cannot be carried. */
export function whyNot(source: Source): string {
  if (source.kind === 'file') return 'the id belongs to another vendor'
  return 'Google fetches only https addresses: send the bytes inline'
}

/** `files/abc` is the name of an uploaded file; its address is below the API's. */
function fullUri(uri: string): string {
  return uri.startsWith('files/') ? `https://generativelanguage.googleapis.com/v1beta/${uri}` : uri
}
