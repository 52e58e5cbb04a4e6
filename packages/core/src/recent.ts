/**
 * Remembers what was used lately, in bounded memory: two generations, of which the older is forgotten when the younger
 * is full. What is used moves to the younger; at least the `most` last used are there. Where `weightOf` says how much each
 * counts, `most` is the sum of a generation.
 */
export class Recent<Value> {
  readonly #most: number
  readonly #weightOf: (value: Value) => number
  #young = new Map<string, Value>()
  #old = new Map<string, Value>()
  #weight = 0

  constructor(most: number, weightOf: (value: Value) => number = () => 1) {
    this.#most = most
    this.#weightOf = weightOf
  }

  get size(): number {
    return this.#young.size + this.#old.size
  }

  get(name: string): Value | undefined {
    const young = this.#young.get(name)
    if (young !== undefined) return young
    const old = this.#old.get(name)
    if (old === undefined) return undefined
    this.#old.delete(name)
    this.set(name, old)
    return old
  }

  set(name: string, value: Value): void {
    const before = this.#young.get(name)
    if (before !== undefined) this.#weight -= this.#weightOf(before)
    else if (this.#weight >= this.#most) {
      this.#old = this.#young
      this.#young = new Map()
      this.#weight = 0
    }
    this.#young.set(name, value)
    this.#weight += this.#weightOf(value)
  }
}
