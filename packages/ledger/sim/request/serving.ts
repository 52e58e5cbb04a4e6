import type { Ledger } from '../../src/port.ts'
import type { Exchange } from '../auditor/exchanges.ts'
import type { RecordRow } from '../auditor/shapes.ts'
import type { Prng } from '../prng.ts'
import type { HoldPlan, Plan } from './plan.ts'
import type { Unsettled } from './unsettled.ts'

/** The gateway's own limits, milliseconds. */
export const SETTLE_MS = 5_000
export const COVER_MS = 10_000
export const USAGE_AFTER_FINISH_MS = 500

/** The process that serves a request, as the request sees it. */
export interface Host {
  epoch: number
  ledger: Ledger
  unsettled: Unsettled
  random: Prng
  /** Goes on when the scheduler lets it. */
  step(label: string): Promise<void>
  after(ms: number, label: string): Promise<void>
  record(record: RecordRow): void
}

/** What is durably held. */
export interface Reservation {
  plan: HoldPlan
  slices: number
  held: bigint
  /** Output tokens a choice that are covered. */
  covered: number
  /** The output limit in force, tokens a choice. */
  limit: number
}

/** A request while it is served. */
export interface Serving {
  host: Host
  plan: Plan
  exchange: Exchange
  caller: Caller
  reservation: Reservation
  /** What was charged, for the record. */
  cost: bigint
  step(label: string): Promise<void>
}

export function newExchange(request: string, connection: string, instance: number, plan: Plan): Exchange {
  const { kind, price, prompt } = plan
  return {
    request,
    connection,
    instance,
    kind,
    price,
    prompt,
    bound: { input: 0, output: 0 },
    usage: undefined,
    produced: 0,
    accepted: 0,
    whole: false,
    unavailable: false,
    left: false,
    settling: undefined,
    killed: false,
  }
}

/** The caller's end of the connection. */
export class Caller {
  readonly #exchange: Exchange
  #listeners: (() => void)[] = []

  constructor(exchange: Exchange) {
    this.#exchange = exchange
  }

  get left(): boolean {
    return this.#exchange.left
  }

  onLeft(listener: () => void): void {
    this.#listeners.push(listener)
  }

  leave(): void {
    this.#exchange.left = true
    const listeners = this.#listeners
    this.#listeners = []
    for (const listener of listeners) listener()
  }
}

export function record(serving: Serving, delivery: 'confirmed' | 'unconfirmed' | 'none'): void {
  serving.host.record({ id: serving.exchange.request, cost: serving.cost, delivery })
}
