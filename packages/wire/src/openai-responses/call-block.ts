import type { JsonObject } from '../json/object.ts'
import { about, itemEvent, type Block, type Emit, type ItemStatus, type Place } from './block.ts'
import { KeptText } from '../canonical/kept-text.ts'

/** A call of one of the caller's tools. */
export interface Call {
  id: string
  name: string
  /** A tool of free text. */
  custom: boolean
}

/** In which words a call's arguments are told. */
const WORDS = {
  function: { type: 'function_call', member: 'arguments', event: 'response.function_call_arguments' },
  custom: { type: 'custom_tool_call', member: 'input', event: 'response.custom_tool_call_input' },
}

/** A call that is being made; its arguments pass on piece by piece. */
export class CallBlock implements Block {
  readonly #place: Place
  readonly #emit: Emit
  readonly #call: Call
  readonly #words: (typeof WORDS)[keyof typeof WORDS]
  readonly #arguments = new KeptText()

  constructor(place: Place, call: Call, emit: Emit) {
    this.#place = place
    this.#emit = emit
    this.#call = call
    this.#words = call.custom ? WORDS.custom : WORDS.function
    emit(itemEvent('added', place, this.#item('in_progress', '')))
  }

  get size(): number {
    return this.#arguments.size
  }

  arguments(text: string): void {
    this.#arguments.add(text)
    this.#emit({ type: `${this.#words.event}.delta`, ...about(this.#place), delta: text })
  }

  /** A function without arguments gets an empty object: clients parse what they get. */
  close(status: ItemStatus): JsonObject {
    if (this.#arguments.size === 0 && !this.#call.custom) this.arguments('{}')
    const whole = this.#arguments.toString()
    this.#emit({ type: `${this.#words.event}.done`, ...about(this.#place), [this.#words.member]: whole })
    const item = this.#item(status, whole)
    this.#emit(itemEvent('done', this.#place, item))
    return item
  }

  #item(status: ItemStatus | 'in_progress', whole: string): JsonObject {
    const { id, name } = this.#call
    return { id: this.#place.id, type: this.#words.type, status, [this.#words.member]: whole, call_id: id, name }
  }
}
