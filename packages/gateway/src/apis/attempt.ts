import { performance } from 'node:perf_hooks'
import type { Denial } from '@faregate/core'
import type { Flow } from '../flow.ts'
import type { AttemptRecord, ConnectionRecord } from '../record.ts'
import type { ApiTarget } from './port.ts'
import type { Member } from './upstreams/pool.ts'

/** One try of a call of an API at one upstream, as it is recorded (M20): pushed when it begins, and ended once. */
export class Attempt {
  readonly #startedAt = performance.now()
  readonly #record: AttemptRecord

  constructor(flow: Flow, { upstream }: ApiTarget, member: Member | undefined) {
    const place = member === undefined ? {} : { upstream: upstream.pool.members.indexOf(member) + 1 }
    const unknown = { status: null, outcome: 'aborted', error: null, buckets: {}, latencyMs: 0, ttftMs: null } as const
    this.#record = { provider: null, model: null, ...place, ...unknown }
    flow.attempts.push(this.#record)
  }

  /** `since`: when the request came in, on the monotonic clock. */
  answered(status: number, since: number): void {
    this.#record.status = status
    this.#record.ttftMs = Math.round(performance.now() - since)
  }

  /** What became of the connection that it opened. */
  passed(connection: ConnectionRecord): void {
    this.#record.connection = connection
  }

  ended(outcome: AttemptRecord['outcome'], denial: Denial | undefined): void {
    this.#record.outcome = outcome
    this.#record.error = denial?.code ?? null
    this.#record.latencyMs = Math.round(performance.now() - this.#startedAt)
  }
}
