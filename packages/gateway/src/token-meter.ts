import type { Otherwise, TokenCounter } from '@faregate/pricing'

/** More uncounted text than this is counted, so that a long stream is not kept in memory. */
const UNCOUNTED_BYTES = 64 * 1024

/** So many texts are put together once they are there. */
const TOGETHER = 64

/** Texts put together, and their lengths. */
interface Packed {
  whole: string
  lengths: number[]
}

/**
 * Counts the tokens of a stream's text. A token has at least one byte and an event with text at least one token,
 * so bytes bound the count from above; the tokenizer is asked only where that bound is too coarse to decide.
 */
export class TokenMeter {
  readonly #counter: TokenCounter
  readonly #otherwise: Otherwise
  #counted = 0
  #texts: string[] = []
  #packed: Packed[] = []
  #bytes = 0
  #inFlightBytes = 0
  #counting: Promise<void> | undefined

  constructor(counter: TokenCounter, otherwise: Otherwise) {
    this.#counter = counter
    this.#otherwise = otherwise
  }

  /** Adds the text of one event. One that was counted lately, of whatever stream, is not kept. */
  add(text: string): void {
    const known = this.#counter.known(text)
    if (known !== undefined) {
      this.#counted += known
      return
    }
    this.#texts.push(text)
    this.#bytes += Buffer.byteLength(text)
    if (this.#bytes > UNCOUNTED_BYTES) void this.count()
    else if (this.#texts.length >= TOGETHER) this.#pack()
  }

  /** What has been counted so far, at least. */
  get counted(): number {
    return this.#counted
  }

  /** What the count is at most. */
  get atMost(): number {
    return this.#counted + this.#bytes + this.#inFlightBytes
  }

  /** The count of everything that was added before the call. */
  async count(): Promise<number> {
    while (this.#counting !== undefined || this.#bytes > 0) {
      this.#counting ??= this.#countPending()
      await this.#counting
    }
    return this.#counted
  }

  async #countPending(): Promise<void> {
    const texts = [...this.#packed.flatMap(unpacked), ...this.#texts]
    this.#inFlightBytes = this.#bytes
    this.#texts = []
    this.#packed = []
    this.#bytes = 0
    this.#counted += await this.#counter.countEach(texts, this.#otherwise)
    this.#inFlightBytes = 0
    this.#counting = undefined
  }

  /** A text is a slice of the event that it came with, and keeps all of it in memory; put together they are copies. */
  #pack(): void {
    this.#packed.push({ whole: this.#texts.join(''), lengths: this.#texts.map((text) => text.length) })
    this.#texts = []
  }
}

function unpacked({ whole, lengths }: Packed): string[] {
  let at = 0
  return lengths.map((length) => whole.slice(at, (at += length)))
}
