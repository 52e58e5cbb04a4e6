import type { Millis } from '@faregate/core'
import type { ProviderAttempt } from '@faregate/gateway'
import { firstPrice, nameOf, type PricedModel, type RememberedPrice } from '@faregate/pricing'
import type { CataloguePricesNeeds, PricedConfiguration } from './catalogue-prices.ts'
import { rowOf } from './price-verdicts.ts'
import { cataloguePriceKey } from './prices.ts'

const DAY_MS = 86_400_000
/** A model that is called for the first time is written down soon after, and with it what is called in the same moment. */
const SOON_MS = 5_000

/**
 * Which models are called, configured or not: a model that is called costs the same after an upgrade until someone has agreed
 * to another price. Written down at the first call, and once a day from then on.
 */
export class CalledModels {
  readonly #needs: CataloguePricesNeeds
  #configuration: PricedConfiguration | undefined
  /** When each remembered model was last called, as far as the database or this process knows. */
  #usedAt = new Map<string, Millis>()
  readonly #waiting = new Map<string, PricedModel & { at: Millis }>()
  #timer: NodeJS.Timeout | undefined

  constructor(needs: CataloguePricesNeeds) {
    this.#needs = needs
  }

  /** What is in force from now on. */
  follow(configuration: PricedConfiguration, remembered: readonly RememberedPrice[]): void {
    this.#configuration = configuration
    this.#usedAt = new Map(remembered.map((price) => [nameOf(price), price.usedAt]))
  }

  note({ provider, model, outcome }: Pick<ProviderAttempt, 'provider' | 'model' | 'outcome'>, at: Millis): void {
    if (this.#configuration === undefined || (outcome !== 'served' && outcome !== 'partial')) return
    const priceKey = cataloguePriceKey(this.#configuration, this.#needs.vendors, provider, model)
    if (priceKey === undefined) return
    const name = nameOf({ priceKey, model })
    if (at - (this.#usedAt.get(name) ?? 0) < DAY_MS) return
    this.#usedAt.set(name, at)
    this.#waiting.set(name, { priceKey, model, at })
    this.#timer ??= setTimeout(() => void this.flush().catch(() => undefined), SOON_MS).unref()
  }

  /** Writes what waits; rejects where the database does not take it, which the next flush tries again. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const configuration = this.#configuration
    const called = [...this.#waiting.values()]
    if (configuration === undefined || called.length === 0) return
    this.#waiting.clear()
    try {
      await this.#write(configuration, called)
    } catch (error) {
      for (const model of called) this.#waiting.set(nameOf(model), model)
      throw error
    }
  }

  async #write({ published }: PricedConfiguration, called: (PricedModel & { at: Millis })[]): Promise<void> {
    await this.#needs.store.write(async (trx) => {
      await trx.lockCataloguePrices()
      const rows = new Map((await trx.cataloguePrices.list()).map((row) => [nameOf(row), row]))
      let added = false
      for (const { at, ...model } of called) {
        const row = rows.get(nameOf(model))
        if (row !== undefined) await trx.updateCataloguePrice({ ...row, usedAt: Math.max(row.usedAt, at) })
        const first = row === undefined ? firstPrice(published, model, at) : undefined
        if (first !== undefined) added = (await trx.insertCataloguePrice(rowOf(first))) || added
      }
      // Another process may run another release: from now on all of them charge the same.
      if (added) await trx.bumpConfiguration()
    })
  }
}
