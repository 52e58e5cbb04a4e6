import type { AudioPart, DocumentPart, ImagePart, Part, Source, TextPart } from '../canonical/conversation.ts'
import { introduced, urlOf } from '../canonical/media.ts'
import type { JsonObject } from '../json/object.ts'
import { present } from '../json/present.ts'
import { annotationOf } from './citations.ts'
import type { Encoding } from './encoding.ts'

/** What a user's message, a system's message or a tool's output says; undefined for what cannot be carried. */
export function inputContent(part: Part, to: Encoding): JsonObject | undefined {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return { type: 'input_text', text: part.text, ...breakpoint(part, to) }
    case 'image':
      return inputImage(part, to)
    case 'document':
      return inputFile(part, to)
    case 'audio':
      return inputAudio(part, to)
    case 'video':
      return to.refuse(part.at, 'a video')
    case 'vendor':
      return part.dialect === to.dialect ? (part.value as JsonObject) : to.refuseVendor(part)
    default:
      return to.refuse(part.at, `a part of type ${part.type} in this place`)
  }
}

/** What the assistant said: text and refusals. */
export function outputContent(part: Part, to: Encoding): JsonObject | undefined {
  switch (part.type) {
    case 'text':
      return { type: 'output_text', text: part.text, ...annotations(part) }
    case 'refusal':
      return { type: 'refusal', refusal: part.text }
    case 'vendor':
      return part.dialect === to.dialect ? (part.value as JsonObject) : to.refuseVendor(part)
    default:
      return to.refuse(part.at, `${part.type === 'image' || part.type === 'audio' ? 'an' : 'a'} ${part.type} that the assistant made`)
  }
}

function annotations({ citations = [], text }: TextPart): JsonObject {
  const own = citations.flatMap((citation) => annotationOf(citation, text.length) ?? [])
  return own.length === 0 ? {} : { annotations: own }
}

function inputImage(part: ImagePart, to: Encoding): JsonObject | undefined {
  const place = placeOf(part.source, 'image_url', part.at, to)
  return place && present({ type: 'input_image', ...place, detail: part.detail, ...breakpoint(part, to) })
}

function inputFile(part: DocumentPart, to: Encoding): JsonObject | undefined {
  const { source, filename, title, context, citations, at } = part
  if (citations === true) to.refuse(at, 'citations of a document')
  if (source.kind === 'text') return { type: 'input_text', text: introduced(part, source.text), ...breakpoint(part, to) }
  if (context !== undefined) to.refuse(at, 'the context of a document')
  const name = filename ?? title
  const place = source.kind === 'base64' ? fileData(source, name) : placeOf(source, 'file_url', at, to)
  return place && present({ type: 'input_file', filename: name, ...place, ...breakpoint(part, to) })
}

/** Bytes need a name: its ending tells what they are. */
function fileData(source: Extract<Source, { kind: 'base64' }>, name: string | undefined): JsonObject {
  const ending = source.mediaType === 'application/pdf' ? 'pdf' : 'txt'
  return { filename: name ?? `document.${ending}`, file_data: urlOf(source) }
}

/** Ids of files belong to a vendor; OpenAI's begin with `file-`. */
function placeOf(source: Source, urlMember: string, at: string, to: Encoding): JsonObject | undefined {
  if (source.kind !== 'file') return { [urlMember]: urlOf(source) }
  return source.id.startsWith('file-') ? { file_id: source.id } : to.refuse(at, 'a file by its id', 'the id belongs to another vendor')
}

const AUDIO_FORMATS: Record<string, string> = { 'audio/mpeg': 'mp3', 'audio/mp3': 'mp3', 'audio/wav': 'wav', 'audio/x-wav': 'wav' }

function inputAudio({ source, at }: AudioPart, to: Encoding): JsonObject | undefined {
  if (source.kind !== 'base64') return to.refuse(at, 'audio that is not in the request', 'only its bytes are taken')
  const format = AUDIO_FORMATS[source.mediaType]
  if (format === undefined) return to.refuse(at, `audio of type ${source.mediaType}`, 'only mp3 and wav are taken')
  return { type: 'input_audio', input_audio: { data: source.data, format } }
}

/** A hint, not a wish: older models cache of their own accord, and know no breakpoints. */
function breakpoint({ cacheControl }: Pick<Part, 'cacheControl'>, to: Encoding): JsonObject {
  if (cacheControl === undefined || !to.breakpoints) return {}
  const { ttl } = cacheControl
  return { prompt_cache_breakpoint: { mode: 'explicit', ...(ttl === undefined ? {} : { ttl: ttl === '1h' ? '12h' : '30m' }) } }
}
