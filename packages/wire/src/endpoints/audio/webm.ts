const INFO_SCALE = Buffer.from([0x2a, 0xd7, 0xb1])
const INFO_DURATION = Buffer.from([0x44, 0x89])
const CLUSTER = Buffer.from([0x1f, 0x43, 0xb6, 0x75])
const CLUSTER_TIME = 0xe7

/** Nanoseconds in a unit of time, unless the file says otherwise. */
const USUAL_SCALE = 1_000_000
/** So much of the beginning holds what describes the file. */
const HEAD_BYTES = 4_096
/** Blocks are placed in their cluster by 16 bits with a sign. */
const CLUSTER_UNITS = 32_768

/** The length of a WebM file (RFC 9559): told in its head or, where it was written as it came, by where its last cluster begins. */
export function webmSeconds(audio: Buffer): number | undefined {
  const head = audio.subarray(0, HEAD_BYTES)
  const scale = numberAfter(head, INFO_SCALE) ?? USUAL_SCALE
  const units = floatAfter(head, INFO_DURATION) ?? lastClusterEnd(audio)
  return units === undefined ? undefined : (units * scale) / 1e9
}

function lastClusterEnd(audio: Buffer): number | undefined {
  const at = audio.lastIndexOf(CLUSTER)
  if (at < 0) return undefined
  const time = audio.subarray(at + CLUSTER.length, at + CLUSTER.length + 16)
  const start = numberAfter(time, Buffer.from([CLUSTER_TIME]))
  return start === undefined ? undefined : start + CLUSTER_UNITS
}

/** The whole number that follows an id and its size, which is one byte for numbers. */
function numberAfter(bytes: Buffer, id: Buffer): number | undefined {
  const at = bytes.indexOf(id)
  const size = at < 0 ? 0 : (bytes[at + id.length] ?? 0) & 0x7f
  const from = at + id.length + 1
  return size === 0 || size > 6 || from + size > bytes.length ? undefined : bytes.readUIntBE(from, size)
}

function floatAfter(bytes: Buffer, id: Buffer): number | undefined {
  const at = bytes.indexOf(id)
  if (at < 0) return undefined
  const from = at + id.length + 1
  const size = (bytes[from - 1] ?? 0) & 0x7f
  if (size === 4 && from + 4 <= bytes.length) return bytes.readFloatBE(from)
  return size === 8 && from + 8 <= bytes.length ? bytes.readDoubleBE(from) : undefined
}
