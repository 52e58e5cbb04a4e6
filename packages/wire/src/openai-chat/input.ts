import { imageSize } from './image-size.ts'
import type { Media } from './media.ts'

/** What a request puts in: how much text, which media, and what that can make the provider bill. */
export interface InputSummary {
  /** UTF-8 bytes of all text of the messages: no tokenizer makes more tokens than that. */
  textBytes: number
  media: Media[]
  audioIn: boolean
  imageIn: boolean
  cacheWrite: boolean
}

export type JsonObject = Record<string, unknown>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What an earlier answer with audio can have been long: the largest output limit of the audio models. */
const EARLIER_AUDIO_BYTES = 16_384_000

/** Reads the parsed `messages`. */
export function summarizeMessages(messages: unknown[]): InputSummary {
  const summary: InputSummary = { textBytes: 0, media: [], audioIn: false, imageIn: false, cacheWrite: false }
  for (const message of messages) addValue(message, summary)
  return summary
}

/** Whether a member of this name occurs anywhere in the value. */
export function hasMember(value: unknown, name: string): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (!Array.isArray(value) && Object.hasOwn(value, name)) return true
  return Object.values(value).some((nested) => hasMember(nested, name))
}

function addValue(value: unknown, summary: InputSummary): void {
  if (typeof value === 'string') {
    summary.textBytes += Buffer.byteLength(value)
  } else if (Array.isArray(value)) {
    for (const item of value) addValue(item, summary)
  } else if (isObject(value)) {
    addObject(value, summary)
  }
}

function addObject(value: JsonObject, summary: InputSummary): void {
  for (const [name, member] of Object.entries(value)) {
    const media = MEDIA_MEMBERS.get(name)?.(member)
    if (media !== undefined) addMedia(media, summary)
    else if (name === 'cache_control' && member !== null) summary.cacheWrite = true
    else addValue(member, summary)
  }
}

function addMedia(media: Media, summary: InputSummary): void {
  summary.media.push(media)
  if (media.kind === 'audio') summary.audioIn = true
  if (media.kind === 'image') summary.imageIn = true
}

/** Members of message parts that carry no text; a value of another shape is counted as text. */
const MEDIA_MEMBERS = new Map<string, (value: unknown) => Media | undefined>([
  ['image_url', readImage],
  ['input_audio', readAudio],
  ['audio', readEarlierAudio],
  ['file', readFile],
])

function readImage(value: unknown): Media | undefined {
  if (typeof value === 'string') return { kind: 'image', detail: 'high', size: imageSize(value) }
  if (!isObject(value) || typeof value['url'] !== 'string') return undefined
  return { kind: 'image', detail: value['detail'] === 'low' ? 'low' : 'high', size: imageSize(value['url']) }
}

function readAudio(value: unknown): Media | undefined {
  if (!isObject(value) || typeof value['data'] !== 'string') return undefined
  return { kind: 'audio', bytes: decodedBytes(value['data']), format: String(value['format']) }
}

/** `audio: {id}` in an assistant's message: what the model said before goes in again. */
function readEarlierAudio(value: unknown): Media | undefined {
  if (!isObject(value) || typeof value['id'] !== 'string') return undefined
  return { kind: 'audio', bytes: EARLIER_AUDIO_BYTES, format: 'pcm16' }
}

function readFile(value: unknown): Media | undefined {
  if (!isObject(value)) return undefined
  if (typeof value['file_data'] === 'string') return { kind: 'file', bytes: decodedBytes(value['file_data']) }
  return typeof value['file_id'] === 'string' ? { kind: 'file', bytes: undefined } : undefined
}

function decodedBytes(base64: string): number {
  return Math.ceil((base64.length * 3) / 4)
}

/** All text that a tokenizer would count, joined by line feeds. */
export function textOf(value: unknown): string {
  const parts: string[] = []
  collectText(value, parts)
  return parts.join('\n')
}

function collectText(value: unknown, parts: string[]): void {
  if (typeof value === 'string') {
    parts.push(value)
  } else if (Array.isArray(value)) {
    for (const item of value) collectText(item, parts)
  } else if (isObject(value)) {
    for (const [name, member] of Object.entries(value)) {
      if (MEDIA_MEMBERS.get(name)?.(member) === undefined) collectText(member, parts)
    }
  }
}
