import type { AudioPart, DocumentPart, ImagePart, VideoPart } from '../canonical/conversation.ts'
import { sniffed } from '../canonical/media.ts'
import type { JsonObject } from '../json/object.ts'
import type { Writing } from './writing.ts'

type MediaPart = ImagePart | DocumentPart | AudioPart | VideoPart

/** Converse's `ImageFormat`, `DocumentFormat`, `AudioFormat` and `VideoFormat`, by media type. */
const FORMATS: Record<MediaPart['type'], Readonly<Record<string, string>>> = {
  image: { 'image/png': 'png', 'image/jpeg': 'jpeg', 'image/jpg': 'jpeg', 'image/gif': 'gif', 'image/webp': 'webp' },
  document: {
    'application/pdf': 'pdf',
    'text/csv': 'csv',
    'text/html': 'html',
    'text/plain': 'txt',
    'text/markdown': 'md',
    'application/msword': 'doc',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
    'application/vnd.ms-excel': 'xls',
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  },
  audio: {
    'audio/mpeg': 'mp3',
    'audio/mp3': 'mp3',
    'audio/wav': 'wav',
    'audio/x-wav': 'wav',
    'audio/flac': 'flac',
    'audio/ogg': 'ogg',
    'audio/opus': 'opus',
    'audio/aac': 'aac',
    'audio/mp4': 'm4a',
    'audio/m4a': 'm4a',
    'audio/webm': 'webm',
    'audio/pcm': 'pcm',
  },
  video: {
    'video/mp4': 'mp4',
    'video/quicktime': 'mov',
    'video/x-matroska': 'mkv',
    'video/webm': 'webm',
    'video/mpeg': 'mpeg',
    'video/x-flv': 'flv',
    'video/x-ms-wmv': 'wmv',
    'video/3gpp': 'three_gp',
  },
}

const NAMES: Record<MediaPart['type'], string> = { image: 'an image', document: 'a document', audio: 'audio', video: 'a video' }

/** The block of an image, a document, audio or a video: bytes or a place in S3, nothing else (I1). */
export function mediaBlock(part: MediaPart, writing: Writing): JsonObject | undefined {
  const found = sourceOf(part)
  const format = formatOf(part.type, found.mediaType?.split(';')[0]?.toLowerCase() ?? '')
  if (found.source === undefined || format === undefined) {
    const what = found.what ?? `${NAMES[part.type]} of type ${found.mediaType ?? 'unknown'}`
    writing.unsupported.push({ at: part.at, what, ...(found.why === undefined ? {} : { why: found.why }) })
    return undefined
  }
  const extra = part.type === 'document' ? documentMembers(part, writing) : {}
  return { [part.type]: { format, ...extra, source: found.source } }
}

/** Text of any kind is a text file. */
function formatOf(type: MediaPart['type'], mediaType: string): string | undefined {
  return FORMATS[type][mediaType] ?? (type === 'document' && /^text\/|[/+](json|xml|yaml)$/.test(mediaType) ? 'txt' : undefined)
}

interface Found {
  mediaType?: string | undefined
  source?: JsonObject
  what?: string
  why?: string
}

function sourceOf({ type, source }: MediaPart): Found {
  switch (source.kind) {
    case 'base64':
      return { mediaType: sniffed(source.data) ?? source.mediaType, source: { bytes: source.data } }
    case 'text':
      return { mediaType: source.mediaType, source: { bytes: Buffer.from(source.text).toString('base64') } }
    case 'url':
      if (source.url.startsWith('s3://')) return { mediaType: source.mediaType ?? typeByEnding(type, source.url), source: s3(source.url) }
      return { what: `${NAMES[type]} by URL`, why: 'Amazon Bedrock takes bytes, or a place in S3' }
    default:
      return { what: `${NAMES[type]} by file id`, why: 'the id belongs to another vendor' }
  }
}

function s3(uri: string): JsonObject {
  return { s3Location: { uri } }
}

/** What the ending of a name tells: endings are the formats' names, but for `jpg`. */
function typeByEnding(type: MediaPart['type'], url: string): string | undefined {
  const ending = /\.([a-z0-9]+)$/i.exec(url)?.[1]?.toLowerCase()
  const format = ending === 'jpg' ? 'jpeg' : ending
  return Object.entries(FORMATS[type]).find(([, name]) => name === format)?.[0]
}

function documentMembers(part: DocumentPart, { documents }: Writing): JsonObject {
  return {
    name: documentName(part.title ?? part.filename, documents),
    ...(part.context === undefined ? {} : { context: part.context }),
    ...(part.citations === true ? { citations: { enabled: true } } : {}),
  }
}

/**
 * A name as Converse takes it: letters, digits, single spaces, hyphens, parentheses and brackets, at most 200, and no two
 * documents of one request alike.
 */
function documentName(given: string | undefined, taken: Set<string>): string {
  const plain = (given ?? '')
    .replace(/\.[a-z0-9]{1,5}$/i, '')
    .replace(/[^a-zA-Z0-9()[\]-]+/g, ' ')
    .trim()
    .slice(0, 190)
    .trim()
  const base = plain === '' ? 'document' : plain
  let name = base
  for (let number = 2; taken.has(name); number++) name = `${base} ${number}`
  taken.add(name)
  return name
}
