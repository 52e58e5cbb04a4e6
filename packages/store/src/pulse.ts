import type { Log } from './store.ts'

/** Does something again and again, never twice at once, and keeps no process alive. A failure is logged, once in a row. */
export class Pulse {
  readonly #timer: NodeJS.Timeout
  readonly #first: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #failing = false

  /** The first time is after `firstMs`, where that is given; otherwise after `everyMs`. */
  constructor(name: string, everyMs: number, work: () => Promise<void>, log: Log, firstMs?: number) {
    const beat = (): void => {
      this.#running ??= this.#run(name, work, log).finally(() => {
        this.#running = undefined
      })
    }
    this.#timer = setInterval(beat, everyMs)
    this.#timer.unref()
    this.#first = firstMs === undefined ? undefined : setTimeout(beat, firstMs)
    this.#first?.unref()
  }

  /** No more; waits for what is running. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    clearTimeout(this.#first)
    await this.#running
  }

  async #run(name: string, work: () => Promise<void>, log: Log): Promise<void> {
    try {
      await work()
      this.#failing = false
    } catch (error) {
      if (!this.#failing) log('error', `${name} failed`, { error: error instanceof Error ? error.message : String(error) })
      this.#failing = true
    }
  }
}
