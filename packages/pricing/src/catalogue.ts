import type * as GenaiPrices from '@pydantic/genai-prices'
import type { Millis } from '@faregate/core'
import { scheduleOf } from './catalogue-schedule.ts'
import { loadModelFacts, type FactsSource, type ModelFacts } from './model-facts.ts'
import { OVERLAY, type OverlayEntry } from './overlay.ts'
import { parseRates } from './rates.ts'
import { priceAt, type PriceSchedule, type ScheduledPrice } from './schedule.ts'
import type { PriceTable } from './types.ts'

export type { ModelFacts } from './model-facts.ts'

/** Which release of the package the prices are of; a test compares it with what is installed. */
export const CATALOGUE_RELEASE = { package: '0.1.8', date: '2026-09-23' } as const

/** Public prices of vendors' models. */
export interface Catalogue {
  /** The day of the prices' release, `YYYY-MM-DD`. */
  version: string
  /** The prices of a vendor's model at a time; `undefined` where they are unknown. */
  find(priceKey: string, model: string, at: Millis): PriceTable | undefined
  /** What is known of a vendor's model beside its price. */
  facts(priceKey: string, model: string): ModelFacts
}

/** The catalogue as it was shipped, of which the prices in force may be another release's. */
export interface PublishedCatalogue extends Catalogue {
  /** All prices of a vendor's model, now and as announced; `undefined` where none is known. */
  schedule(priceKey: string, model: string): PriceSchedule | undefined
}

type Package = typeof GenaiPrices

/** Models that are remembered; beyond, all are forgotten at once. Names come from callers where all models are open. */
const REMEMBERED = 2_000
/** Vendors that write their prompt cache unasked, and whose tables with a price for that mean it. */
const AUTOMATIC_CACHE_WRITE = new Set(['openai', 'azure'])

/** Loads the catalogue's package, lazily: it takes about 60 ms and 10 MB. */
export async function loadCatalogue(options: { overlay?: readonly OverlayEntry[] } = {}): Promise<PublishedCatalogue> {
  const [prices, facts] = await Promise.all([import('@pydantic/genai-prices'), loadModelFacts()])
  return new PackagedCatalogue(prices, facts, options.overlay ?? OVERLAY)
}

/** Whether a vendor bills for cache writes that the body did not ask for, once they have a price. */
export function writesCacheUnasked(priceKey: string): boolean {
  return AUTOMATIC_CACHE_WRITE.has(priceKey)
}

/** What a schedule says a vendor's model costs at a time. */
export function tableAt(priceKey: string, schedule: PriceSchedule, at: Millis): PriceTable | undefined {
  const table = priceAt(schedule, at)
  return table !== undefined && writesCacheUnasked(priceKey) ? { ...table, automaticCacheWrite: true } : table
}

class PackagedCatalogue implements PublishedCatalogue {
  readonly version: string = CATALOGUE_RELEASE.date
  readonly #prices: Package
  readonly #facts: FactsSource
  readonly #overlay: readonly OverlayEntry[]
  readonly #schedules = new Map<string, PriceSchedule | undefined>()
  readonly #known = new Map<string, ModelFacts>()

  constructor(prices: Package, facts: FactsSource, overlay: readonly OverlayEntry[]) {
    this.#prices = prices
    this.#facts = facts
    this.#overlay = overlay.toSorted((a, b) => a.from.localeCompare(b.from))
  }

  find(priceKey: string, model: string, at: Millis): PriceTable | undefined {
    const schedule = this.schedule(priceKey, model)
    return schedule === undefined ? undefined : tableAt(priceKey, schedule, at)
  }

  schedule(priceKey: string, model: string): PriceSchedule | undefined {
    const name = `${priceKey}/${model}`
    if (this.#schedules.has(name)) return this.#schedules.get(name)
    const entries = [...(this.#fromPackage(priceKey, model) ?? []), ...this.#fromOverlay(priceKey, model)]
    const schedule = entries.length === 0 ? undefined : entries
    if (this.#schedules.size >= REMEMBERED) this.#schedules.clear()
    this.#schedules.set(name, schedule)
    return schedule
  }

  facts(priceKey: string, model: string): ModelFacts {
    const name = `${priceKey}/${model}`
    const known = this.#known.get(name)
    if (known !== undefined) return known
    const facts = this.#gatherFacts(priceKey, model)
    if (this.#known.size >= REMEMBERED) this.#known.clear()
    this.#known.set(name, facts)
    return facts
  }

  #gatherFacts(priceKey: string, model: string): ModelFacts {
    const priced = this.#prices.calcPrice({}, model, { providerId: priceKey })
    const context = priced?.model.context_window
    const overlaid = this.#overlay.findLast((entry) => entry.priceKey === priceKey && entry.model === model)
    return { ...(context === undefined ? {} : { contextWindow: context }), ...this.#facts(priceKey, model), ...overlaid?.facts }
  }

  /** Its entries go before the package's from their days on. */
  #fromOverlay(priceKey: string, model: string): ScheduledPrice[] {
    return this.#overlay.flatMap((entry): ScheduledPrice[] => {
      if (entry.priceKey !== priceKey || entry.model !== model) return []
      const parsed = parseRates(entry.price)
      const when = { from: Date.parse(`${entry.from}T00:00:00Z`) }
      return [{ when, version: `overlay:${entry.from}`, ...(parsed.ok && { rates: parsed.rates }) }]
    })
  }

  #fromPackage(priceKey: string, model: string): PriceSchedule | undefined {
    const found = this.#prices.calcPrice({}, model, { providerId: priceKey })
    return found === null ? undefined : scheduleOf(found.model.prices, `catalogue:${this.version}`)
  }
}
