import { imageSize } from '../input/image-size.ts'
import type { ImageSize, Media } from '../input/media.ts'
import { decodedBytes, summarize, textOf, type MediaMembers } from '../input/summary.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { kindOf, type MediaKind } from './media.ts'
import { member } from './spelling.ts'

/** What the media of a request put in, by Google's formulas and by the others'. */
export interface GeminiInput {
  textBytes: number
  /** As other vendors' formulas take them. */
  media: Media[]
  /** The most tokens that Google's own models count for them. */
  mediaTokens: number
  audioIn: boolean
  imageIn: boolean
}

/** From the guides "Token counting" and "Media resolution": what one of a kind costs at its dearest. */
const TILE = 258
const DEAREST_RESOLUTION = 2_240
const UNKNOWN_IMAGE = 16_384
const AUDIO_PER_SECOND = 32
const VIDEO_PER_FRAME = 280
const PAGE = 1_120

/** The fewest bytes that a second, or a page, takes. */
const LEAST_AUDIO_BYTES = 1_000
const LEAST_VIDEO_BYTES = 2_000
const LEAST_PAGE_BYTES = 2_000

/** The largest context: a file that is known by its address only can fill it. */
const CONTEXT = 1_048_576

/** Counts what goes to the model in these members of a body. `cached`: a cached content goes in as well. */
export function inputOf(values: readonly unknown[], cached: boolean): GeminiInput {
  const input: GeminiInput = { textBytes: 0, media: [], mediaTokens: cached ? CONTEXT : 0, audioIn: cached, imageIn: cached }
  const counted = mediaMembers((kind, tokens) => {
    input.mediaTokens = Math.min(2 * CONTEXT, input.mediaTokens + Math.ceil(tokens))
    if (kind === 'audio' || kind === 'video') input.audioIn = true
    if (kind === 'image') input.imageIn = true
  })
  const summary = summarize(values, counted)
  const held: Media[] = cached ? [{ kind: 'file', bytes: undefined }] : []
  return { ...input, textBytes: summary.textBytes, media: [...summary.media, ...held] }
}

/** All text that a tokenizer would count. */
export function inputText(values: readonly unknown[]): string {
  return textOf(
    values,
    mediaMembers(() => undefined),
  )
}

function mediaMembers(count: (kind: MediaKind, tokens: number) => void): MediaMembers {
  const inline = (value: unknown, holder: JsonObject): Media | undefined => {
    const data = isObject(value) ? value['data'] : undefined
    if (!isObject(value) || typeof data !== 'string') return undefined
    const type = textMember(value, 'mimeType')
    const kind = kindOf(type)
    const size = kind === 'image' ? imageSize(`data:image/x;base64,${data.slice(0, HEAD)}`) : undefined
    const bytes = decodedBytes(data)
    count(kind, inlineTokens(kind, type ?? '', bytes, size, framesPerSecond(holder)))
    if (kind === 'image') return { kind, detail: 'high', size }
    return kind === 'audio' ? { kind, bytes, format: (type ?? '').replace(/^audio\/(?:x-)?/, '') } : { kind: 'file', bytes }
  }
  const file = (value: unknown): Media | undefined => {
    const uri = isObject(value) ? textMember(value, 'fileUri') : undefined
    if (!isObject(value) || uri === undefined) return undefined
    const kind = kindOf(textMember(value, 'mimeType'), uri)
    count(kind, kind === 'image' ? UNKNOWN_IMAGE : CONTEXT)
    return kind === 'image' ? { kind, detail: 'high', size: undefined } : { kind: 'file', bytes: undefined }
  }
  return new Map([
    ['inlineData', inline],
    ['inline_data', inline],
    ['fileData', file],
    ['file_data', file],
  ])
}

/** An image's size stands near its beginning. */
const HEAD = 96 * 1024

function inlineTokens(kind: MediaKind, type: string, bytes: number, size: ImageSize | undefined, fps: number): number {
  switch (kind) {
    case 'image':
      return size === undefined ? UNKNOWN_IMAGE : Math.max(DEAREST_RESOLUTION, TILE * tilesOf(size))
    case 'audio':
      return (bytes / LEAST_AUDIO_BYTES) * AUDIO_PER_SECOND
    case 'video':
      return (bytes / LEAST_VIDEO_BYTES) * (VIDEO_PER_FRAME * fps + AUDIO_PER_SECOND)
    case 'document':
      return type === 'application/pdf' ? Math.ceil(bytes / LEAST_PAGE_BYTES) * PAGE : bytes
  }
}

/** Larger images are cut into tiles, about two thirds of the short side wide, between 256 and 768 pixels. */
function tilesOf({ width, height }: ImageSize): number {
  const unit = Math.min(768, Math.max(256, Math.floor(Math.min(width, height) / 1.5)))
  return Math.ceil(width / unit) * Math.ceil(height / unit)
}

function framesPerSecond(part: JsonObject): number {
  const metadata = member(part, 'videoMetadata')
  const fps = isObject(metadata) ? metadata['fps'] : undefined
  return typeof fps === 'number' && fps > 1 ? Math.min(fps, 24) : 1
}

function textMember(object: JsonObject, name: string): string | undefined {
  const value = member(object, name)
  return typeof value === 'string' ? value : undefined
}
