import type { JsonObject } from '../json/object.ts'
import { present } from '../json/present.ts'
import { about, itemEvent, type Block, type Emit, type Place } from './block.ts'
import { KeptText } from '../canonical/kept-text.ts'

/** What the model thought, shown as a summary of one part; without a part where nothing is shown. */
export class ReasoningBlock implements Block {
  readonly #place: Place
  readonly #emit: Emit
  readonly #text = new KeptText()

  constructor(place: Place, emit: Emit) {
    this.#place = place
    this.#emit = emit
    emit(itemEvent('added', place, { id: place.id, type: 'reasoning', summary: [] }))
  }

  get size(): number {
    return this.#text.size
  }

  text(text: string): void {
    if (this.#text.size === 0) this.#emit({ type: 'response.reasoning_summary_part.added', ...this.#at(), part: summaryOf('') })
    this.#text.add(text)
    this.#emit({ type: 'response.reasoning_summary_text.delta', ...this.#at(), delta: text })
  }

  /** With what proves it to the vendor that made it. */
  close(_status?: string, encrypted?: string): JsonObject {
    const text = this.#text.toString()
    if (text !== '') {
      this.#emit({ type: 'response.reasoning_summary_text.done', ...this.#at(), text })
      this.#emit({ type: 'response.reasoning_summary_part.done', ...this.#at(), part: summaryOf(text) })
    }
    const summary = text === '' ? [] : [summaryOf(text)]
    const item = present({ id: this.#place.id, type: 'reasoning', summary, encrypted_content: encrypted })
    this.#emit(itemEvent('done', this.#place, item))
    return item
  }

  #at(): JsonObject {
    return { ...about(this.#place), summary_index: 0 }
  }
}

function summaryOf(text: string): JsonObject {
  return { type: 'summary_text', text }
}
