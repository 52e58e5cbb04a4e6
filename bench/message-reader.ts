/** What a reader tells about each message: its head as text, its body piece by piece, its end. */
export interface MessageListener {
  head(text: string): void
  /** A piece of the body without framing; valid only during the call. */
  body(piece: Buffer): void
  end(): void
}

type State = 'head' | 'fixed' | 'size' | 'data' | 'after-data' | 'trailer'

const NOTHING = Buffer.alloc(0)

/**
 * Reads HTTP/1.1 messages off one kept-alive connection, at the byte level and with nothing beside, so that the
 * processes around the measured one cost little. Knows content-length and chunked bodies; a message with neither has no
 * body. Throws Error on what is neither.
 */
export class MessageReader {
  readonly #listener: MessageListener
  #state: State = 'head'
  #left = 0
  #kept: Buffer = NOTHING

  constructor(listener: MessageListener) {
    this.#listener = listener
  }

  /** Takes what arrived; the buffer may be reused by its owner afterwards. */
  push(piece: Buffer): void {
    const bytes = this.#kept.length === 0 ? piece : Buffer.concat([this.#kept, piece])
    this.#kept = NOTHING
    let at = 0
    while (at < bytes.length) {
      const next = this.#step(bytes, at)
      if (next < 0) {
        this.#kept = Buffer.from(bytes.subarray(at))
        return
      }
      at = next
    }
  }

  /** Reads one part; gives where the next begins, or -1 if this one is not whole yet. */
  #step(bytes: Buffer, at: number): number {
    if (this.#state === 'head') return this.#head(bytes, at)
    if (this.#state === 'fixed' || this.#state === 'data') return this.#body(bytes, at)
    const end = bytes.indexOf('\r\n', at, 'latin1')
    if (end < 0) return -1
    if (this.#state === 'size') this.#size(bytes.toString('latin1', at, end))
    else if (this.#state === 'after-data') this.#state = 'size'
    else if (end === at) this.#end()
    return end + 2
  }

  #head(bytes: Buffer, at: number): number {
    const end = bytes.indexOf('\r\n\r\n', at, 'latin1')
    if (end < 0) return -1
    const text = bytes.toString('latin1', at, end)
    this.#listener.head(text)
    const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1]
    if (length !== undefined) {
      this.#left = Number(length)
      this.#state = 'fixed'
      if (this.#left === 0) this.#end()
    } else if (/\r\ntransfer-encoding: *chunked/i.test(text)) this.#state = 'size'
    else this.#end()
    return end + 4
  }

  #body(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#left)
    this.#listener.body(bytes.subarray(at, end))
    this.#left -= end - at
    if (this.#left > 0) return end
    if (this.#state === 'fixed') this.#end()
    else this.#state = 'after-data'
    return end
  }

  #size(line: string): void {
    this.#left = Number.parseInt(line, 16)
    if (Number.isNaN(this.#left)) throw new Error(`not the size of a chunk: ${line.slice(0, 40)}`)
    this.#state = this.#left === 0 ? 'trailer' : 'data'
  }

  #end(): void {
    this.#state = 'head'
    this.#listener.end()
  }
}
