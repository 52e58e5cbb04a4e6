const PAGE = Buffer.from('OggS')
const OPUS_RATE = 48_000
/** A position that says that no packet ends on the page. */
const NO_POSITION = 0xffff_ffff_ffff_ffffn

/** The length of an Ogg file (RFC 3533): the furthest position that a page tells, in samples. */
export function oggSeconds(audio: Buffer): number | undefined {
  const rate = rateOf(audio)
  if (rate === undefined) return undefined
  let furthest = 0n
  for (let at = 0; at >= 0 && at + 14 <= audio.length; at = audio.indexOf(PAGE, at + 1)) {
    const position = audio.readBigUInt64LE(at + 6)
    if (position !== NO_POSITION && position > furthest) furthest = position
  }
  return Number(furthest) / rate
}

/** Opus counts in 48 kHz whatever it was made of (RFC 7845); Vorbis says its rate in its first packet. */
function rateOf(audio: Buffer): number | undefined {
  const head = audio.subarray(0, 256)
  if (head.includes('OpusHead')) return OPUS_RATE
  const vorbis = head.indexOf('\u0001vorbis', 0, 'latin1')
  const rate = vorbis < 0 || vorbis + 16 > head.length ? 0 : head.readUInt32LE(vorbis + 12)
  return rate === 0 ? undefined : rate
}
