/** A text that comes in many pieces, kept as its bytes: no more memory than twice what it is long, however many there are. */
export class KeptText {
  #bytes = Buffer.alloc(0)
  #length = 0
  /** The first half of a character whose second half is in the next piece: alone it has no bytes. */
  #half = ''
  /** Characters, as positions in the text count them. */
  characters = 0

  /** How many bytes it has. */
  get size(): number {
    return this.#length
  }

  add(text: string): void {
    this.characters += text.length
    const whole = this.#half + text
    const cut = endsInHalf(whole) ? whole.length - 1 : whole.length
    this.#half = whole.slice(cut)
    this.#append(whole.slice(0, cut))
  }

  toString(): string {
    return this.#bytes.toString('utf8', 0, this.#length) + this.#half
  }

  #append(text: string): void {
    const needed = this.#length + Buffer.byteLength(text)
    if (needed > this.#bytes.length) {
      const grown = Buffer.alloc(Math.max(needed, 2 * this.#bytes.length, 256))
      this.#bytes.copy(grown, 0, 0, this.#length)
      this.#bytes = grown
    }
    this.#length += this.#bytes.write(text, this.#length)
  }
}

function endsInHalf(text: string): boolean {
  const last = text.charCodeAt(text.length - 1)
  return last >= 0xd800 && last <= 0xdbff
}
