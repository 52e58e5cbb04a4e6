import { performance } from 'node:perf_hooks'
import type { StreamStep, UsageReading } from '@faregate/wire'
import type { Flow } from '../flow.ts'

/** What an upstream has told so far of the answer that it streams. */
export class Told {
  /** The last word on usage, and whether it came at the end: with a finish reason or after it. */
  usage: UsageReading = { ok: false, reason: 'missing' }
  usageIsFinal = false
  /** Every choice has its finish reason. */
  finished = false
  readonly #flow: Flow

  constructor(flow: Flow) {
    this.#flow = flow
  }

  note(step: StreamStep): void {
    if (step.finished) this.finished = true
    if (step.usage !== undefined) {
      this.usage = step.usage
      this.usageIsFinal = this.finished
    }
    if (step.text !== '' || step.made !== undefined) this.#flow.ttftMs ??= Math.round(performance.now() - this.#flow.startedAt)
  }
}
