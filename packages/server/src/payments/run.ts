import { topUpNow } from '@faregate/admin/payments/auto-top-up'
import { recover } from '@faregate/admin/payments/auto-top-up-end'
import type { PaymentNeeds } from '@faregate/admin/payments/changes'
import { askAgain } from '@faregate/admin/payments/refund'
import type { PaymentRail } from '@faregate/billing/rails/port'
import { Pulse } from '@faregate/store/pulse'
import type { Logger } from '../log/log.ts'
import type { Closers } from '../start/closers.ts'

/** How often balances are looked at that are topped up automatically. A request never waits for this. */
const LOOK_MS = 1_000
const REFUNDS_MS = 5_000
const AT_ONCE = 8
/** What is cut off by the end is found by the next process, as after a kill. */
const END_WITHIN_MS = 3_000

/** Work of this process that is under way, each piece by a name: a slow rail keeps nobody else waiting. */
class Underway {
  readonly #running = new Map<string, Promise<void>>()
  readonly #failed: (name: string, error: unknown) => void

  constructor(failed: (name: string, error: unknown) => void) {
    this.#failed = failed
  }

  get room(): number {
    return Math.max(0, AT_ONCE - this.#running.size)
  }

  /** Begins it, unless it is under way. */
  begin(name: string, work: () => Promise<unknown>): void {
    if (this.#running.has(name)) return
    const run = work().then(
      () => void this.#running.delete(name),
      (error: unknown) => {
        this.#running.delete(name)
        this.#failed(name, error)
      },
    )
    this.#running.set(name, run)
  }

  async idle(): Promise<void> {
    const late = new Promise((resolve) => setTimeout(resolve, END_WITHIN_MS).unref())
    await Promise.race([Promise.all(this.#running.values()), late])
  }
}

/** Tops up whose balance is low, and asks the rail how refunds ended, off the request path, until it is closed. Every process does so. */
export function runPayments(needs: PaymentNeeds & { rail: PaymentRail; log: Logger }, closers: Closers): void {
  const { rail, store, clock, log } = needs
  const underway = new Underway((name, error) => log.warn({ payment: name, error: String(error) }, 'a payment is tried again'))
  const topUps = async (): Promise<void> => {
    for (const row of await store.read.autoTopUps.recovered(clock.now(), AT_ONCE)) await recover(needs, row)
    for (const row of await store.read.autoTopUps.due(clock.now(), underway.room))
      underway.begin(row.organization, () => topUpNow(needs, rail, row))
  }
  const refunds = async (): Promise<void> => {
    for (const row of await store.read.topUpRefunds.pending(clock.now(), underway.room))
      underway.begin(row.id, () => askAgain(needs, rail, row))
  }
  const note = (level: 'info' | 'warn' | 'error', message: string, facts: Record<string, unknown> = {}): void => log[level](facts, message)
  const pulses = [new Pulse('topping up', LOOK_MS, topUps, note), new Pulse('asking for refunds', REFUNDS_MS, refunds, note)]
  closers.add(async () => {
    await Promise.all(pulses.map((pulse) => pulse.stop()))
    await underway.idle()
  })
}
