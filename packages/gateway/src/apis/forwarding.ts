import type { Outbound } from '../edge.ts'

const NOTHING = Buffer.alloc(0)

/** Sends an answer on as it comes, its last bytes withheld; whoever sends waits for whoever reads. */
export class Forwarding {
  readonly #outbound: Outbound
  readonly #flow: { pause: () => void; resume: () => void }
  #tail = NOTHING
  #withheld = 0
  /** For the caller to read. */
  #waiting = false
  /** Bytes that were written to the caller's socket, and those that it has taken. */
  written = 0
  delivered = 0

  constructor(outbound: Outbound, flow: { pause: () => void; resume: () => void }) {
    this.#outbound = outbound
    this.#flow = flow
  }

  /** What waits to be sent. */
  get tail(): Buffer {
    return this.#tail
  }

  /** So many bytes are kept back from here on. */
  withhold(bytes: number): void {
    this.#withheld = bytes
  }

  /** Nothing is copied but what is kept back. */
  push(chunk: Buffer): void {
    const whole = chunk.length < this.#withheld ? Buffer.concat([this.#tail, chunk]) : chunk
    const ready = Math.max(0, whole.length - this.#withheld)
    if (whole === chunk) this.#write(this.#tail)
    this.#write(whole.subarray(0, ready))
    this.#tail = ready === whole.length ? NOTHING : Buffer.from(whole.subarray(ready))
  }

  #write(part: Buffer): void {
    if (part.length === 0) return
    this.written += part.length
    const free = this.#outbound.write(part, () => {
      this.delivered += part.length
    })
    if (free || this.#waiting) return
    this.#waiting = true
    this.#flow.pause()
    void this.#resumeWhenRead()
  }

  async #resumeWhenRead(): Promise<void> {
    await this.#outbound.drained()
    this.#waiting = false
    this.#flow.resume()
  }
}
