import { createHash } from 'node:crypto'
import { BUCKETS, parseDecimal, type Bucket } from '@faregate/core'
import type { PricedBy, PriceTable, Rate, Rates } from './types.ts'

export type ParsedRates = { ok: true; rates: Rates } | { ok: false; member: string; message: string }

/**
 * Reads prices as an operator writes them: decimal strings per million units (`request`: a million requests) by bucket,
 * at most 9 decimals. `"0"` is free on purpose; an absent bucket falls back to its parent (M1, M15).
 */
export function parseRates(raw: Record<string, string>): ParsedRates {
  const rates: Rates = {}
  for (const [member, text] of Object.entries(raw)) {
    if (!isBucket(member)) return { ok: false, member, message: `"${member}" is not a price; known are ${BUCKETS.join(', ')}` }
    const rate = readRate(text)
    if (rate === undefined) return { ok: false, member, message: explain(text) }
    rates[member] = { base: rate, tiers: [] }
  }
  return { ok: true, rates }
}

/**
 * A table of prices that were written here: by model entry (`model`), as an override of the catalogue (`operator`), or in the terms
 * of an organization (`org`) or a plan.
 * Its version is a fingerprint of the prices: the same prices have the same version on every replica.
 */
export function writtenTable(source: 'model' | 'operator' | PricedBy, rates: Rates): PriceTable {
  const canonical = BUCKETS.map((bucket) => `${bucket}=${rates[bucket]?.base ?? ''}`).join(' ')
  const fingerprint = createHash('sha256').update(canonical).digest('hex').slice(0, 12)
  return { version: `${source}:${fingerprint}`, rates }
}

function isBucket(member: string): member is Bucket {
  return (BUCKETS as readonly string[]).includes(member)
}

function readRate(text: string): Rate | undefined {
  // A configuration file or a client may bring anything; the type is only a promise.
  return typeof text === 'string' ? parseDecimal(text) : undefined
}

function explain(text: unknown): string {
  if (typeof text !== 'string') return `send it as a string, such as "0.15"`
  if (/^\d+\.\d{10,}$/.test(text)) return `"${text}" has more than 9 decimals`
  return `"${text}" is not a price: write a decimal such as "0.15", with at most 9 digits before the point and 9 after it`
}
