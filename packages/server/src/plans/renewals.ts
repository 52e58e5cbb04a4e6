import { collectingOn, RETRY_MS, rowOf, type CollectingNeeds } from '@faregate/admin/collecting'
import type { AdminQueries } from '@faregate/admin/ports'
import { tellSubscription } from '@faregate/admin/subscription-events'
import { collect, dueOf, type Collected } from '@faregate/billing'
import type { Logger } from '../log/log.ts'

/** How often subscriptions are looked for whose next period has begun, or that stand differently. A request does not wait for this. */
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
      const turned = this.#closed ? [] : await store.read.subscriptions.toTurn(clock.now(), AT_ONCE)
      for (const { subscription } of turned) if (!this.#closed) await this.#turn(subscription.id)
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

  /**
   * Tells that a subscription stands differently by the passing of time. What is due is paid first, so that nobody is told of the
   * moment in between; of several processes the one that writes the row tells.
   */
  async #turn(id: string): Promise<void> {
    const { store, clock, random } = this.#needs
    const known = await this.#read(store.read, id)
    if (known === undefined) return
    if (dueOf(known.row.subscription, known.terms, clock.now()) !== undefined) await this.collect(id)
    await store.write(async (trx) => {
      const found = await this.#read(trx, id)
      if (found === undefined) return
      const now = clock.now()
      const { row, terms } = found
      const turned = rowOf(row.subscription, terms, row.revision, now)
      if (!(await trx.updateSubscription({ ...turned, lookAt: row.lookAt }))) return
      // One that was made before anything was told of subscriptions begins to be told of now.
      if (row.told !== null) await tellSubscription({ trx, now, random }, row, turned, terms)
    })
  }

  async #read(queries: Pick<AdminQueries, 'plans' | 'subscriptions'>, id: string) {
    const row = await queries.subscriptions.get(id)
    const terms = row && (await queries.plans.get(row.subscription.plan, row.subscription.version))
    return row === undefined || terms === undefined ? undefined : { row, terms }
  }
}
