import type { Log } from './store.ts'

/** Does something again and again, never twice at once, and keeps no process alive. A failure is logged, once in a row. */
export class Pulse {
  readonly #timer: NodeJS.Timeout
  #running: Promise<void> | undefined
  #failing = false

  constructor(name: string, everyMs: number, work: () => Promise<void>, log: Log) {
    this.#timer = setInterval(() => {
      this.#running ??= this.#run(name, work, log).finally(() => {
        this.#running = undefined
      })
    }, everyMs)
    this.#timer.unref()
  }

  /** No more; waits for what is running. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
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
