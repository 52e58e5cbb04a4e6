import type * as GenaiPrices from '@pydantic/genai-prices'
import type { Millis } from '@faregate/core'
import { conditionOf, ratesOf } from './catalogue-table.ts'
import { loadModelFacts, type FactsSource, type ModelFacts } from './model-facts.ts'
import { OVERLAY, type OverlayEntry } from './overlay.ts'
import { parseRates } from './rates.ts'
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

type Package = typeof GenaiPrices

const MINUTE = 60_000
/** Models that are remembered; beyond, all are forgotten at once. Names come from callers where all models are open. */
const REMEMBERED = 2_000
/** Vendors that write their prompt cache unasked, and whose tables with a price for that mean it. */
const AUTOMATIC_CACHE_WRITE = new Set(['openai', 'azure'])

/** Loads the catalogue's package, lazily: it takes about 60 ms and 10 MB. */
export async function loadCatalogue(options: { overlay?: readonly OverlayEntry[] } = {}): Promise<Catalogue> {
  const [prices, facts] = await Promise.all([import('@pydantic/genai-prices'), loadModelFacts()])
  return new PackagedCatalogue(prices, facts, options.overlay ?? OVERLAY)
}

/** Whether a vendor bills for cache writes that the body did not ask for, once they have a price. */
export function writesCacheUnasked(priceKey: string): boolean {
  return AUTOMATIC_CACHE_WRITE.has(priceKey)
}

class PackagedCatalogue implements Catalogue {
  readonly version: string = CATALOGUE_RELEASE.date
  readonly #prices: Package
  readonly #facts: FactsSource
  readonly #overlay: readonly OverlayEntry[]
  /** What was found, by vendor and model, for the minute of the question: no vendor's price changes within one. */
  readonly #found = new Map<string, { minute: number; table: PriceTable | undefined }>()
  readonly #known = new Map<string, ModelFacts>()

  constructor(prices: Package, facts: FactsSource, overlay: readonly OverlayEntry[]) {
    this.#prices = prices
    this.#facts = facts
    this.#overlay = overlay.toSorted((a, b) => a.from.localeCompare(b.from))
  }

  find(priceKey: string, model: string, at: Millis): PriceTable | undefined {
    const minute = Math.floor(at / MINUTE)
    const name = `${priceKey}/${model}`
    const known = this.#found.get(name)
    if (known?.minute === minute) return known.table
    const table = this.#fromOverlay(priceKey, model, at) ?? this.#fromPackage(priceKey, model, at)
    if (this.#found.size >= REMEMBERED) this.#found.clear()
    this.#found.set(name, { minute, table })
    return table
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

  #fromOverlay(priceKey: string, model: string, at: Millis): PriceTable | undefined {
    const entry = this.#overlay.findLast(
      (candidate) => candidate.priceKey === priceKey && candidate.model === model && Date.parse(`${candidate.from}T00:00:00Z`) <= at,
    )
    const parsed = entry === undefined ? undefined : parseRates(entry.price)
    if (entry === undefined || parsed === undefined || !parsed.ok) return undefined
    return mark(priceKey, { version: `overlay:${entry.from}`, rates: parsed.rates })
  }

  #fromPackage(priceKey: string, model: string, at: Millis): PriceTable | undefined {
    const found = this.#prices.calcPrice({}, model, { providerId: priceKey, timestamp: new Date(at) })
    if (found === null) return undefined
    const rates = ratesOf(found.model_price)
    if (rates === undefined) return undefined
    return mark(priceKey, { version: `catalogue:${this.version}${conditionOf(found.model.prices, found.model_price)}`, rates })
  }
}

function mark(priceKey: string, table: PriceTable): PriceTable {
  return writesCacheUnasked(priceKey) ? { ...table, automaticCacheWrite: true } : table
}
