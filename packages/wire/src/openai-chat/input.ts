import { imageSize } from '../input/image-size.ts'
import type { Media } from '../input/media.ts'
import { decodedBytes, type MediaMembers } from '../input/summary.ts'
import { isObject } from '../json/object.ts'

/** What an earlier answer with audio can have been long: the largest output limit of the audio models. */
const EARLIER_AUDIO_BYTES = 16_384_000

/** Members of message parts that carry no text; a value of another shape is counted as text. */
export const MEDIA_MEMBERS: MediaMembers = new Map([
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
