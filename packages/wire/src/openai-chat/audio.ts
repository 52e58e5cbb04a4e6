/** Formats of audio as OpenAI names them, and their media types. */
const FORMATS: readonly [format: string, mediaType: string][] = [
  ['wav', 'audio/wav'],
  ['mp3', 'audio/mpeg'],
  ['flac', 'audio/flac'],
  ['opus', 'audio/ogg'],
  ['aac', 'audio/aac'],
  ['m4a', 'audio/mp4'],
  ['pcm16', 'audio/pcm'],
]

const OTHER_TYPES = new Map([
  ['audio/x-wav', 'wav'],
  ['audio/wave', 'wav'],
  ['audio/mp3', 'mp3'],
  ['audio/L16', 'pcm16'],
])

/** How the base64 text of a format begins. */
const BEGINNINGS: readonly [prefix: string, mediaType: string][] = [
  ['UklGR', 'audio/wav'],
  ['T2dnUw', 'audio/ogg'],
  ['ZkxhQ', 'audio/flac'],
  ['SUQz', 'audio/mpeg'],
  ['//', 'audio/mpeg'],
]

export function mediaTypeOfFormat(format: string): string {
  return FORMATS.find(([name]) => name === format)?.[1] ?? `audio/${format}`
}

export function formatOfMediaType(mediaType: string): string {
  const type = mediaType.split(';')[0] ?? ''
  return FORMATS.find(([, known]) => known === type)?.[0] ?? OTHER_TYPES.get(type) ?? type.replace(/^audio\//, '')
}

/** The media type that the bytes themselves show; an answer does not name its format, and bare samples show none. */
export function sniffedAudio(base64: string): string {
  return BEGINNINGS.find(([prefix]) => base64.startsWith(prefix))?.[1] ?? 'audio/pcm'
}
