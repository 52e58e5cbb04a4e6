import { createHash } from 'node:crypto'
import { splitSignature } from '../canonical/tool-ids.ts'

/**
 * Ids for the calls of one answer: the vendor mostly gives none, and callers of other dialects need them, the same in a
 * stream and a whole answer, and never the same in two answers of one conversation (T3).
 */
export class AnswerCallIds {
  readonly #seed: string

  /** `seed`: the id of the answer; where it has none, something that no other answer has. */
  constructor(seed: string) {
    this.#seed = seed
  }

  /** `own`: what the vendor calls it. `call`: counts the calls of a choice from 0. */
  idOf(own: unknown, choice: number, call: number, name: string): string {
    if (typeof own === 'string' && own !== '') return own
    return `call_${digest(`${this.#seed}/${choice}/${call}/${name}`, 24)}`
  }
}

/** Pairs the calls of a conversation with their results, by id where they have one, else by name and order. */
export class CallBook {
  #count = 0
  #open: { id: string; name: string }[] = []

  /** A call, with its own id or one that is made of its place. A signature that travelled inside the id is taken out. */
  call(own: string | undefined, name: string): { id: string; signature?: string } {
    const call = own === undefined || own === '' ? { id: this.#made(name) } : splitSignature(own)
    this.#open.push({ id: call.id, name })
    return call
  }

  /** The id of the call that a result belongs to. */
  result(own: string | undefined, name: string): string {
    const id = own === undefined || own === '' ? undefined : splitSignature(own).id
    const index = this.#open.findIndex((call) => (id === undefined ? call.name === name : call.id === id))
    const [call] = index < 0 ? [] : this.#open.splice(index, 1)
    return id ?? call?.id ?? this.#made(name)
  }

  #made(name: string): string {
    return `call_${this.#count++}_${digest(name, 8)}`
  }
}

function digest(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length)
}
