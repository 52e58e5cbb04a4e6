/** A text that comes in many pieces, kept as its bytes: no more memory than twice what it is long. */
export class KeptText {
  #bytes = Buffer.alloc(0)
  #length = 0
  /** Characters, as positions in the text count them. */
  characters = 0

  /** How many bytes it has. */
  get size(): number {
    return this.#length
  }

  add(text: string): void {
    const needed = this.#length + Buffer.byteLength(text)
    if (needed > this.#bytes.length) {
      const grown = Buffer.alloc(Math.max(needed, 2 * this.#bytes.length, 256))
      this.#bytes.copy(grown, 0, 0, this.#length)
      this.#bytes = grown
    }
    this.#length += this.#bytes.write(text, this.#length)
    this.characters += text.length
  }

  toString(): string {
    return this.#bytes.toString('utf8', 0, this.#length)
  }
}
