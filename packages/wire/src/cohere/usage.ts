import type { Buckets } from '@faregate/core'
import { Counts } from '../canonical/counts.ts'
import { INPUT_BUCKETS, MISSING_USAGE, OUTPUT_BUCKETS, sumOf, type UsageReading } from '../canonical/usage.ts'
import { isObject, type JsonObject } from '../json/object.ts'

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
  const counts = new Counts()
  const billed = readSide(usage['billed_units'], counts)
  const tokens = readSide(usage['tokens'], counts)
  const search = counts.of(usage, 'billed_units', 'search_units')
  const input = billed.input ?? tokens.input
  const output = billed.output ?? tokens.output
  const exceeding = exceeds(billed.input, tokens.input) || exceeds(billed.output, tokens.output)
  const fault = counts.fault ?? (exceeding ? 'contradictory' : undefined)
  if (fault !== undefined) return { ok: false, reason: fault, raw: usage }
  if (input === undefined || output === undefined || input + output === 0) return { ok: false, reason: 'missing', raw: usage }
  return { ok: true, buckets: { input, output, ...(search === undefined ? {} : { search }) } }
}

/** Cohere's `usage` of what is charged for. It tells no caches apart, so all input is one number (U1). */
export function usageOf(buckets: Buckets): JsonObject {
  const units = { input_tokens: sumOf(buckets, INPUT_BUCKETS), output_tokens: sumOf(buckets, OUTPUT_BUCKETS) }
  const { cacheRead, search } = buckets
  const billed = { ...units, ...(search === undefined ? {} : { search_units: search }) }
  return { billed_units: billed, tokens: units, ...(cacheRead === undefined ? {} : { cached_tokens: cacheRead }) }
}

function readSide(units: unknown, counts: Counts): { input: number | undefined; output: number | undefined } {
  return { input: counts.of(units, 'input_tokens'), output: counts.of(units, 'output_tokens') }
}

function exceeds(part: number | undefined, whole: number | undefined): boolean {
  return part !== undefined && whole !== undefined && part > whole
}
