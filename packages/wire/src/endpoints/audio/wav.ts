/** PCM, floats, and the form that tells either in its extension: a block is one sample of every channel. */
const PLAIN = new Set([0x0001, 0x0003, 0xfffe])

/** The length of a RIFF WAVE file: its data by the rate that its format says. */
export function wavSeconds(audio: Buffer): number | undefined {
  let rate: number | undefined
  for (let at = 12; at + 8 <= audio.length;) {
    const name = audio.toString('latin1', at, at + 4)
    const size = audio.readUInt32LE(at + 4)
    if (name === 'fmt ' && at + 24 <= audio.length) rate = rateOf(audio, at + 8)
    // Writers that do not know the length yet write the largest there is.
    if (name === 'data') return rate === undefined ? undefined : Math.min(size, audio.length - at - 8) / rate
    at += 8 + size + (size % 2)
  }
  return undefined
}

/** Bytes of a second. */
function rateOf(audio: Buffer, at: number): number | undefined {
  const [format, perSecond, bytes, block] = [
    audio.readUInt16LE(at),
    audio.readUInt32LE(at + 4),
    audio.readUInt32LE(at + 8),
    audio.readUInt16LE(at + 12),
  ]
  const rate = PLAIN.has(format) ? perSecond * block : bytes
  return rate === 0 ? undefined : rate
}
