import { splitSignature } from '../canonical/tool-ids.ts'

/**
 * Ids of calls and the results that answer them. Newer versions of Ollama have ids, and clients may drop them: then calls
 * are numbered, and a result answers the first open call of its name, or the first at all (T3).
 */
export class CallIds {
  #count = 0
  #open: { id: string; name: string }[] = []

  /** The id of the next call, and the signature that it brought back. */
  call(told: string | undefined, name: string): { id: string; signature?: string } {
    const made = `call_${this.#count++}`
    const ids = told === undefined || told === '' ? { id: made } : splitSignature(told)
    this.#open.push({ id: ids.id, name })
    return ids
  }

  /** The id of the call that a result answers. */
  result(told: string | undefined, name: string | undefined): string {
    if (told !== undefined && told !== '') {
      const { id } = splitSignature(told)
      this.#open = this.#open.filter((call) => call.id !== id)
      return id
    }
    const named = this.#open.findIndex((call) => call.name === name)
    const [call] = this.#open.splice(Math.max(0, named), 1)
    return call?.id ?? `call_${this.#count++}`
  }
}
