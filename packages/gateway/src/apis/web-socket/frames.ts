import { randomBytes } from 'node:crypto'

/** The head of a frame without its mask: two bytes, and up to eight of length (RFC 6455, 5.2). */
const MOST_HEAD_BYTES = 10
const MASK_BYTES = 4
const CLOSE = 0x88
const OPCODE = 0x0f
const MASKED = 0x80

/** Knows where frames end in the bytes that pass: something can be put between two of them, and nowhere else. */
export class FrameCursor {
  readonly #head = Buffer.alloc(MOST_HEAD_BYTES)
  /** Bytes of a head that have come. */
  #known = 0
  /** Bytes of mask and payload that are still to come. */
  #left = 0
  /** Whether a frame said that the connection ends. */
  ends = false

  /** Whether the last frame is whole, and no other has begun. */
  get between(): boolean {
    return this.#known === 0 && this.#left === 0
  }

  /** Reads on from there to the end of one frame, or of the piece; gives where that is. */
  read(piece: Buffer, from: number): number {
    let at = from
    while (at < piece.length) {
      if (this.#left === 0 && !this.#readHead(piece[at++] ?? 0)) continue
      const step = Math.min(this.#left, piece.length - at)
      this.#left -= step
      at += step
      if (this.#left === 0) return at
    }
    return at
  }

  pass(piece: Buffer): void {
    for (let at = 0; at < piece.length;) at = this.read(piece, at)
  }

  /** Whether the head is whole with this byte. */
  #readHead(byte: number): boolean {
    this.#head[this.#known++] = byte
    const second = this.#head[1] ?? 0
    const short = second & 0x7f
    const extended = short === 126 ? 2 : short === 127 ? 8 : 0
    if (this.#known < 2 + extended) return false
    const payload = extended === 0 ? short : extended === 2 ? this.#head.readUInt16BE(2) : Number(this.#head.readBigUInt64BE(2))
    this.#left = payload + ((second & MASKED) === 0 ? 0 : MASK_BYTES)
    this.#known = 0
    this.ends ||= ((this.#head[0] ?? 0) & OPCODE) === (CLOSE & OPCODE)
    return true
  }
}

/** A frame that ends a connection (RFC 6455, 5.5.1). What goes to a server is masked. */
export function closeFrame(code: number, masked: boolean): Buffer {
  const payload = Buffer.alloc(2)
  payload.writeUInt16BE(code)
  if (!masked) return Buffer.concat([Buffer.from([CLOSE, payload.length]), payload])
  const mask = randomBytes(MASK_BYTES)
  const hidden = payload.map((byte, index) => byte ^ (mask[index] ?? 0))
  return Buffer.concat([Buffer.from([CLOSE, MASKED | payload.length]), mask, hidden])
}
