import { createHash } from 'node:crypto'
import { LIMIT_WINDOWS } from '@faregate/core'
import type { Counted, Demand, SharedCounters } from '@faregate/limits/port'
import { SCRIPT } from './script.ts'

/** A place is freed this long after the last sign of the process that took it. */
const LEASE_MS = 30_000

const SHA = createHash('sha1').update(SCRIPT).digest('hex')

/** What is asked of a client of Redis. */
export interface ScriptRunner {
  evalSha(sha: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
}

/** Counts in Redis, for all replicas: one script decides, by Redis' clock. What runs is leased, so that a killed process frees it. */
export class RedisCounters implements SharedCounters {
  readonly #client: ScriptRunner
  readonly #prefix: string
  readonly #leaseMs: number

  /** `namespace` keeps installations apart that share a Redis. */
  constructor(client: ScriptRunner, namespace: string, leaseMs = LEASE_MS) {
    this.#client = client
    this.#prefix = `faregate:${namespace}:`
    this.#leaseMs = leaseMs
  }

  async take(lease: string, demands: readonly Demand[]): Promise<Counted> {
    return this.#count('take', lease, demands)
  }

  async peek(demands: readonly Demand[]): Promise<Counted> {
    return this.#count('peek', '', demands)
  }

  async end(lease: string, demands: readonly Demand[]): Promise<void> {
    await this.#count('end', lease, demands)
  }

  async renew(lease: string, buckets: readonly string[]): Promise<number> {
    const [, running = 0] = await this.#run(buckets, ['renew', lease, String(this.#leaseMs)])
    return running
  }

  async #count(operation: 'take' | 'peek' | 'end', lease: string, demands: readonly Demand[]): Promise<Counted> {
    const buckets: string[] = []
    const words = [operation, lease, String(this.#leaseMs)]
    for (const { bucket, terms, cost } of demands) {
      buckets.push(bucket)
      if (terms.kind === 'concurrency') words.push(terms.kind, String(terms.amount), '0', '0', '0')
      else words.push(terms.kind, String(terms.amount), String(LIMIT_WINDOWS[terms.per]), String(terms.burst ?? terms.amount), String(cost))
    }
    const [admitted, ...left] = await this.#run(buckets, words)
    return { admitted: admitted === 1, left }
  }

  /** By its hash; with its text where Redis does not know it, because it is new there or was restarted. */
  async #run(buckets: readonly string[], words: string[]): Promise<number[]> {
    const options = { keys: buckets.map((bucket) => this.#prefix + bucket), arguments: words }
    let answer: unknown
    try {
      answer = await this.#client.evalSha(SHA, options)
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
      answer = await this.#client.eval(SCRIPT, options)
    }
    if (!Array.isArray(answer)) throw new TypeError('Redis answered something else than numbers')
    return answer.map(Number)
  }
}
