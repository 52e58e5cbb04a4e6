/** Lets one at a time work, in order of asking. */
export class Turn {
  readonly #waiting: (() => void)[] = []
  #taken = false

  /** Takes the turn if it is free; answers what ends it. */
  takeNow(): (() => void) | undefined {
    if (this.#taken) return undefined
    this.#taken = true
    return () => this.#pass()
  }

  /** Waits for its turn; answers what ends it. */
  async take(): Promise<() => void> {
    const now = this.takeNow()
    if (now !== undefined) return now
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiting.push(resolve)
    await promise
    return () => this.#pass()
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    const release = await this.take()
    try {
      return await work()
    } finally {
      release()
    }
  }

  #pass(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#taken = false
    else next()
  }
}
