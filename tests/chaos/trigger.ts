import { gate, pause } from '../support/wait.ts'
import type { Step } from './plan.ts'

/**
 * Does something once, when a step is reached. Everything that takes part in a call comes by here at its steps and
 * waits until what is to happen there has begun.
 */
export class Trigger {
  readonly #step: Step
  readonly #delayMs: number
  readonly #act: () => Promise<void>
  readonly #done = gate()
  #fired: Promise<void> | undefined
  /** Why it could not be done. */
  failure: string | undefined

  constructor(step: Step, delayMs: number, act: () => Promise<void>) {
    this.#step = step
    this.#delayMs = delayMs
    this.#act = act
  }

  get reached(): boolean {
    return this.#fired !== undefined
  }

  /** Resolves once it is done; never where the step is not reached. */
  get done(): Promise<void> {
    return this.#done.promise
  }

  async at(step: Step): Promise<void> {
    if (step !== this.#step || this.#fired !== undefined) return
    this.#fired = this.#begin()
    await this.#fired
  }

  async #begin(): Promise<void> {
    if (this.#delayMs > 0) await pause(this.#delayMs)
    try {
      await this.#act()
    } catch (error) {
      this.failure = String(error)
    }
    this.#done.open()
  }
}
