/** The length of a FLAC file, by its first block (RFC 9639, 8.2): a rate of 20 bits, and 36 bits of samples. */
export function flacSeconds(audio: Buffer): number | undefined {
  if (audio.length < 26) return undefined
  const rate = audio.readUIntBE(18, 3) >> 4
  const samples = ((audio[21] ?? 0) & 0x0f) * 2 ** 32 + audio.readUInt32BE(22)
  return rate === 0 || samples === 0 ? undefined : samples / rate
}
