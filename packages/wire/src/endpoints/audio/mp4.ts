/** The length of an MP4 file (ISO 14496-12, 8.2.2), in the units of its own time scale. */
export function mp4Seconds(audio: Buffer): number | undefined {
  const movie = boxIn(audio, 'moov')
  const head = movie === undefined ? undefined : boxIn(movie, 'mvhd')
  if (head === undefined || head.length < 20) return undefined
  const long = head[0] === 1
  if (long && head.length < 32) return undefined
  const scale = head.readUInt32BE(long ? 20 : 12)
  const duration = long ? Number(head.readBigUInt64BE(24)) : head.readUInt32BE(16)
  // Files that were written piece by piece tell no length here.
  return scale === 0 || duration === 0 || duration === 0xffff_ffff ? undefined : duration / scale
}

/** The content of the first box of this name. */
function boxIn(boxes: Buffer, name: string): Buffer | undefined {
  for (let at = 0; at + 8 <= boxes.length;) {
    const told = boxes.readUInt32BE(at)
    const large = told === 1 && at + 16 <= boxes.length
    const size = large ? Number(boxes.readBigUInt64BE(at + 8)) : told === 0 ? boxes.length - at : told
    if (size < 8) return undefined
    if (boxes.toString('latin1', at + 4, at + 8) === name) return boxes.subarray(at + (large ? 16 : 8), at + size)
    at += size
  }
  return undefined
}
