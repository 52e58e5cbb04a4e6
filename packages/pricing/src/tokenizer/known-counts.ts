import { Recent } from '@faregate/core'

/** V8 copies texts up to this length out of the event that they are cut from; a longer one would keep all of it. */
const LONGEST = 12
/** The pieces that a model streams are words of its vocabulary, of which a few thousand are nearly all there is. */
const MOST = 16_384

/**
 * Remembers how many tokens short texts have. A stream brings its text token by token, so that nearly every piece is one
 * that came before, in whatever stream: it is counted at once, and need not be kept to be counted later.
 */
export class KnownCounts {
  readonly #recent = new Recent<number>(MOST)

  /** Undefined: the tokenizer has to be asked. */
  of(text: string): number | undefined {
    return text.length > LONGEST ? undefined : this.#recent.get(text)
  }

  /** What the tokenizer said of some texts, in their order. */
  learn(texts: readonly string[], counts: readonly number[]): void {
    for (const [index, text] of texts.entries()) {
      const count = counts[index]
      if (count !== undefined && text.length <= LONGEST) this.#recent.set(text, count)
    }
  }
}
