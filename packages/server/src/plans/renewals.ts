import { collectingOn, RETRY_MS, type CollectingNeeds } from '@faregate/admin/collecting'
import { collect, type Collected } from '@faregate/billing'
import type { Logger } from '../log/log.ts'

/** How often subscriptions are looked for whose next period has begun. A request that needs one does not wait for this. */
const SWEEP_MS = 2_000
const AT_ONCE = 100

/**
 * Pays the periods of subscriptions as they begin, and on a start those that began while no process ran. Every process does so:
 * what two of them pay at once is one payment.
 */
export class Renewals {
  readonly #needs: CollectingNeeds & { log: Pick<Logger, 'warn' | 'info'> }
  readonly #timer: NodeJS.Timeout
  #running: Promise<void> = Promise.resolve()
  #closed = false

  constructor(needs: CollectingNeeds & { log: Pick<Logger, 'warn' | 'info'> }) {
    this.#needs = needs
    this.#timer = setInterval(() => this.#next(), SWEEP_MS).unref()
    this.#next()
  }

  /** Pays what is due of one subscription. */
  collect(id: string): Promise<Collected> {
    return collect(collectingOn(this.#needs), id)
  }

  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#timer)
    await this.#running
  }

  #next(): void {
    this.#running = this.#running.then(() => this.#sweep())
  }

  async #sweep(): Promise<void> {
    const { store, clock, log } = this.#needs
    try {
      const rows = this.#closed ? [] : await store.read.subscriptions.toLookAt(clock.now(), AT_ONCE)
      for (const { subscription } of rows) if (!this.#closed) await this.#look(subscription.id)
    } catch (error) {
      log.warn({ error: String(error) }, 'subscriptions cannot be renewed now; it is tried again')
    }
  }

  async #look(id: string): Promise<void> {
    const { store, clock, log } = this.#needs
    const outcome = await this.collect(id)
    if (outcome === 'paid') return log.info({ subscription: id }, 'a period of a subscription is paid')
    await store.write((trx) => trx.postponeSubscription(id, clock.now() + RETRY_MS))
  }
}
