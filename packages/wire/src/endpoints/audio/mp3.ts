/** Kilobits a second by the index in a frame's head (ISO 11172-3, 13818-3), for layers 1 to 3 of MPEG-1, and of MPEG-2. */
const RATES_1 = [
  [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
]
const RATES_2 = [
  [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
]
/** Samples a second of MPEG-1; MPEG-2 has half, 2.5 a quarter. */
const SAMPLES = [44_100, 48_000, 32_000]

interface Frame {
  bytes: number
  seconds: number
}

/** The length of an MP3 file: of all its frames. What stands between them is skipped. */
export function mp3Seconds(audio: Buffer): number | undefined {
  let seconds = 0
  for (let at = afterId3(audio); at >= 0 && at + 4 <= audio.length;) {
    const frame = frameAt(audio, at)
    seconds += frame?.seconds ?? 0
    at = frame === undefined ? audio.indexOf(0xff, at + 1) : at + frame.bytes
  }
  return seconds === 0 ? undefined : seconds
}

/** Where a tag (ID3v2) at the beginning ends; its size has seven bits in a byte. */
function afterId3(audio: Buffer): number {
  if (audio.length < 10 || audio.toString('latin1', 0, 3) !== 'ID3') return 0
  return 10 + audio.subarray(6, 10).reduce((size, byte) => size * 128 + (byte & 0x7f), 0)
}

function frameAt(audio: Buffer, at: number): Frame | undefined {
  const head = audio.readUInt32BE(at)
  if (head >>> 21 !== 0x7ff) return undefined
  const [version, layer] = [(head >>> 19) & 3, 4 - ((head >>> 17) & 3)]
  const kilobits = (version === 3 ? RATES_1 : RATES_2)[layer - 1]?.[(head >>> 12) & 15]
  const samples = SAMPLES[(head >>> 10) & 3]
  if (version === 1 || kilobits === undefined || kilobits === 0 || samples === undefined) return undefined
  const rate = samples / (version === 3 ? 1 : version === 2 ? 2 : 4)
  const perFrame = layer === 1 ? 384 : layer === 3 && version !== 3 ? 576 : 1_152
  const padding = ((head >>> 9) & 1) * (layer === 1 ? 4 : 1)
  return { bytes: Math.floor((perFrame / 8) * ((kilobits * 1_000) / rate)) + padding, seconds: perFrame / rate }
}
