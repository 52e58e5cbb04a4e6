import type { Loaded } from './measure.ts'

/** Counts what a load generator has done since it was made. */
export class Tally {
  requests = 0
  readonly #errors: string[] = []
  readonly #start = performance.now()
  readonly #cpu = process.cpuUsage()

  /** For the `catch` of one lane. */
  readonly failed = (error: unknown): void => {
    this.#errors.push(error instanceof Error ? error.message : String(error))
  }

  /** What every load generator prints. */
  result(): Loaded {
    const { user, system } = process.cpuUsage(this.#cpu)
    const [error] = this.#errors
    return {
      requests: this.requests,
      errors: this.#errors.length,
      ...(error === undefined ? {} : { error }),
      elapsedMs: performance.now() - this.#start,
      cpuMs: (user + system) / 1_000,
    }
  }
}
