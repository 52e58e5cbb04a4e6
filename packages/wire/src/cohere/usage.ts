import type { Buckets } from '@faregate/core'
import { INPUT_BUCKETS, MISSING_USAGE, OUTPUT_BUCKETS, sumOf, type UsageReading } from '../canonical/usage.ts'
import { isObject, type JsonObject } from '../json/object.ts'

type Fault = Extract<UsageReading, { ok: false }>['reason']

/**
 * Turns Cohere's `usage` into buckets. What is billed is `billed_units`: "the billed input and output tokens are the
 * tokens that you're actually billed for"; `tokens` counts besides what Cohere adds by itself, prompt template and special
 * tokens, "you are not charged for them" (How Does Cohere's Pricing Work). So billed units never exceed tokens, and usage
 * where they do is not believed; hosts that tell no billed units are believed in their tokens. `cached_tokens` is a part
 * of `tokens` (it mostly is the template) and makes nothing cheaper: it fills no bucket. Thinking is part of the output
 * and not told apart. Search units are billed besides (U7).
 */
export function readUsage(usage: unknown): UsageReading {
  if (!isObject(usage)) return MISSING_USAGE
  const faults: Fault[] = []
  const billed = sideCounts(usage['billed_units'], faults)
  const tokens = sideCounts(usage['tokens'], faults)
  const input = billed.input ?? tokens.input
  const output = billed.output ?? tokens.output
  const search = isObject(usage['billed_units']) ? countOf(usage['billed_units'], 'search_units', faults) : undefined
  const fault = faults[0] ?? (exceeds(billed.input, tokens.input) || exceeds(billed.output, tokens.output) ? 'contradictory' : undefined)
  if (fault !== undefined) return { ok: false, reason: fault, raw: usage }
  if (input === undefined || output === undefined || input + output === 0) return { ok: false, reason: 'missing', raw: usage }
  return { ok: true, buckets: { input, output, ...(search === undefined ? {} : { search }) } }
}

/** A count of these units; undefined where it is not told. What is no count is added to the faults (M22). */
export function countOf(units: JsonObject, name: string, faults: Fault[]): number | undefined {
  const value = units[name]
  if (value == null) return undefined
  if (typeof value !== 'number' || !Number.isFinite(value)) faults.push('contradictory')
  else if (value < 0) faults.push('negative')
  else if (!Number.isInteger(value)) faults.push('fractional')
  else if (!Number.isSafeInteger(value)) faults.push('contradictory')
  else return value
  return undefined
}

/** Cohere's `usage` of what is charged for. It tells no caches apart, so all input is one number (U1). */
export function usageOf(buckets: Buckets): JsonObject {
  const units = { input_tokens: sumOf(buckets, INPUT_BUCKETS), output_tokens: sumOf(buckets, OUTPUT_BUCKETS) }
  const { cacheRead, search } = buckets
  const billed = { ...units, ...(search === undefined ? {} : { search_units: search }) }
  return { billed_units: billed, tokens: units, ...(cacheRead === undefined ? {} : { cached_tokens: cacheRead }) }
}

function sideCounts(units: unknown, faults: Fault[]): { input?: number | undefined; output?: number | undefined } {
  if (!isObject(units)) return {}
  return { input: countOf(units, 'input_tokens', faults), output: countOf(units, 'output_tokens', faults) }
}

function exceeds(part: number | undefined, whole: number | undefined): boolean {
  return part !== undefined && whole !== undefined && part > whole
}
