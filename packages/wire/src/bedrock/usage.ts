import type { Buckets } from '@faregate/core'
import { Counts } from '../canonical/counts.ts'
import { MISSING_USAGE, type UsageReading } from '../canonical/usage.ts'
import { isObject, type JsonObject } from '../json/object.ts'

/**
 * Turns Converse's `TokenUsage` into disjoint buckets. `inputTokens` does not include what was read from or written to the
 * cache, `totalTokens` does (measured with Claude); where a model's total shows that its input includes the cache, the
 * cache is taken out of it once. `cacheDetails` splits what was written by how long it is kept. Reasoning is part of
 * `outputTokens` and not told apart. The buckets always add up to the total (M22).
 */
export function readUsage(usage: unknown): UsageReading {
  if (!isObject(usage)) return MISSING_USAGE
  const counts = new Counts()
  const tokens = readTokens(usage, counts)
  if (counts.fault !== undefined) return { ok: false, reason: counts.fault, raw: usage }
  const { input, output, read, write } = tokens
  if (input === undefined || output === undefined) return { ok: false, reason: 'missing', raw: usage }
  const beside = (read ?? 0) + (write ?? 0)
  if (input + output + beside === 0) return { ok: false, reason: 'missing', raw: usage }
  const own = ownInput(input, output, beside, tokens.total)
  const written = splitWritten(tokens)
  if (own === undefined || written === undefined) return { ok: false, reason: 'contradictory', raw: usage }
  return { ok: true, buckets: { input: own, ...(read === undefined ? {} : { cacheRead: read }), ...written, output } }
}

interface Tokens {
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

function readTokens(usage: JsonObject, counts: Counts): Tokens {
  const details = Array.isArray(usage['cacheDetails']) ? usage['cacheDetails'].filter(isObject) : []
  const listed = details.map((detail) => ({ hour: detail['ttl'] === '1h', tokens: counts.of(detail, 'inputTokens') ?? 0 }))
  const writeListed = listed.reduce((sum, { tokens }) => sum + tokens, 0)
  return {
    input: counts.of(usage, 'inputTokens'),
    output: counts.of(usage, 'outputTokens'),
    total: counts.of(usage, 'totalTokens'),
    read: counts.of(usage, 'cacheReadInputTokens'),
    write: counts.of(usage, 'cacheWriteInputTokens') ?? (listed.length > 0 ? writeListed : undefined),
    write1h: listed.reduce((sum, { hour, tokens }) => sum + (hour ? tokens : 0), 0),
    writeListed,
  }
}

/** Input that has nothing to do with the cache; undefined where the total is neither of the sums that it can be. */
function ownInput(input: number, output: number, beside: number, total: number | undefined): number | undefined {
  if (total === undefined || total === input + output + beside) return input
  return total === input + output && beside <= input ? input - beside : undefined
}

/** What is not listed as kept for an hour is kept for five minutes (U4); undefined where more is listed than was written. */
function splitWritten({ write, write1h, writeListed }: Tokens): Buckets | undefined {
  if (write === undefined) return {}
  if (writeListed > write) return undefined
  return { cacheWrite: write - write1h, ...(write1h > 0 ? { cacheWrite1h: write1h } : {}) }
}
