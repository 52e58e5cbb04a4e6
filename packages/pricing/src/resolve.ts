import type { Millis } from '@faregate/core'
import { writesCacheUnasked, type Catalogue } from './catalogue.ts'
import { parseRates, writtenTable } from './rates.ts'
import type { PriceTable } from './types.ts'

/** What is known about the price of one deployment. */
export interface PriceSources {
  /** The model entry's own price; decimal strings by bucket. Absent to ask what the provider is owed. */
  model?: Record<string, string> | undefined
  /** The operator's price for this provider and upstream model. */
  operator?: Record<string, string> | undefined
  catalogue: Catalogue
  /** The vendor, as the catalogue names it; absent where the catalogue cannot know (a server of one's own). */
  priceKey?: string | undefined
  /** The name that the provider uses. */
  upstreamModel: string
}

export type Resolution =
  | { ok: true; table: PriceTable }
  | { ok: false; reason: 'unknown' }
  /** A written price that cannot be read; configuration checks find these before. */
  | { ok: false; reason: 'invalid'; source: 'model' | 'operator'; member: string; message: string }

/**
 * Which prices hold for a deployment: the model entry's own, else the operator's for that provider and model, else
 * the catalogue's. The first that exists is taken whole: its absent buckets fall back to their parents, not to the
 * next source (M15).
 */
export function resolvePrice(sources: PriceSources, at: Millis): Resolution {
  if (sources.model !== undefined) return written('model', sources.model, sources.priceKey)
  if (sources.operator !== undefined) return written('operator', sources.operator, sources.priceKey)
  const table = sources.priceKey === undefined ? undefined : sources.catalogue.find(sources.priceKey, sources.upstreamModel, at)
  return table === undefined ? { ok: false, reason: 'unknown' } : { ok: true, table }
}

/** Entries of a configuration do not change once they are in force, so each is read once. */
const read = new WeakMap<Record<string, string>, Resolution>()

function written(source: 'model' | 'operator', price: Record<string, string>, priceKey: string | undefined): Resolution {
  const known = read.get(price) ?? readWritten(source, price)
  read.set(price, known)
  if (!known.ok || priceKey === undefined || !writesCacheUnasked(priceKey)) return known
  return { ok: true, table: { ...known.table, automaticCacheWrite: true } }
}

function readWritten(source: 'model' | 'operator', price: Record<string, string>): Resolution {
  const parsed = parseRates(price)
  if (!parsed.ok) return { ok: false, reason: 'invalid', source, member: parsed.member, message: parsed.message }
  return { ok: true, table: writtenTable(source, parsed.rates) }
}
