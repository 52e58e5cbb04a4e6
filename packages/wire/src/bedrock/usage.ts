import type { Buckets } from '@faregate/core'
import { MISSING_USAGE, type UsageReading } from '../canonical/usage.ts'
import { isObject, type JsonObject } from '../json/object.ts'

type Fault = Extract<UsageReading, { ok: false }>['reason']

/**
 * Turns Converse's `TokenUsage` into disjoint buckets. `inputTokens` does not include what was read from or written to the
 * cache, `totalTokens` does (measured with Claude); where a model's total shows that its input includes the cache, the
 * cache is taken out of it once. `cacheDetails` splits what was written by how long it is kept. Reasoning is part of
 * `outputTokens` and not told apart. The buckets always add up to the total (M22).
 */
export function readUsage(usage: unknown): UsageReading {
  if (!isObject(usage)) return MISSING_USAGE
  const { counts, fault } = readCounts(usage)
  if (fault !== undefined) return { ok: false, reason: fault, raw: usage }
  const { input, output, read, write } = counts
  if (input === undefined || output === undefined) return { ok: false, reason: 'missing', raw: usage }
  const beside = (read ?? 0) + (write ?? 0)
  if (input + output + beside === 0) return { ok: false, reason: 'missing', raw: usage }
  const own = ownInput(input, output, beside, counts.total)
  const written = splitWritten(counts)
  if (own === undefined || written === undefined) return { ok: false, reason: 'contradictory', raw: usage }
  return { ok: true, buckets: { input: own, ...(read === undefined ? {} : { cacheRead: read }), ...written, output } }
}

interface Counts {
  input: number | undefined
  output: number | undefined
  total: number | undefined
  read: number | undefined
  /** Into the cache, whatever for how long. */
  write: number | undefined
  /** For an hour, and for whatever else is listed. */
  write1h: number
  writeListed: number
}

function readCounts(usage: JsonObject): { counts: Counts; fault: Fault | undefined } {
  let fault: Fault | undefined
  const count = (holder: JsonObject, name: string): number | undefined => {
    const value = holder[name]
    if (value == null) return undefined
    fault ??= faultOf(value)
    return typeof value === 'number' ? value : 0
  }
  const details = Array.isArray(usage['cacheDetails']) ? usage['cacheDetails'].filter(isObject) : []
  const listed = details.map((detail) => ({ hour: detail['ttl'] === '1h', tokens: count(detail, 'inputTokens') ?? 0 }))
  const writeListed = listed.reduce((sum, { tokens }) => sum + tokens, 0)
  const counts = {
    input: count(usage, 'inputTokens'),
    output: count(usage, 'outputTokens'),
    total: count(usage, 'totalTokens'),
    read: count(usage, 'cacheReadInputTokens'),
    write: count(usage, 'cacheWriteInputTokens') ?? (listed.length > 0 ? writeListed : undefined),
    write1h: listed.reduce((sum, { hour, tokens }) => sum + (hour ? tokens : 0), 0),
    writeListed,
  }
  return { counts, fault }
}

function faultOf(value: unknown): Fault | undefined {
  if (typeof value !== 'number') return 'contradictory'
  if (value < 0) return 'negative'
  if (!Number.isInteger(value)) return 'fractional'
  return Number.isSafeInteger(value) ? undefined : 'contradictory'
}

/** Input that has nothing to do with the cache; undefined where the total is neither of the sums that it can be. */
function ownInput(input: number, output: number, beside: number, total: number | undefined): number | undefined {
  if (total === undefined || total === input + output + beside) return input
  return total === input + output && beside <= input ? input - beside : undefined
}

/** What is not listed as kept for an hour is kept for five minutes (U4); undefined where more is listed than was written. */
function splitWritten({ write, write1h, writeListed }: Counts): Buckets | undefined {
  if (write === undefined) return {}
  if (writeListed > write) return undefined
  return { cacheWrite: write - write1h, ...(write1h > 0 ? { cacheWrite1h: write1h } : {}) }
}
