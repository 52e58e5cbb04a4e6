import type { Bucket, Buckets } from '@faregate/core'
import { Counts } from '../canonical/counts.ts'
import { MISSING_USAGE, OUTPUT_BUCKETS, sumOf, type UsageReading } from '../canonical/usage.ts'
import type { UpstreamDialect } from '../dialect.ts'
import { isObject, type JsonObject } from '../json/object.ts'

/** Where a whole answer tells it. */
export const MESSAGES_USAGE: UpstreamDialect['usageMember'] = { name: 'usage', read: readUsage }

/**
 * Turns Anthropic's `usage` (Messages API reference, "Usage") into disjoint buckets. `input_tokens` excludes what was read
 * from and written to the cache; `output_tokens` includes thinking, which `output_tokens_details` tells apart where it is
 * there. What a compaction used is billed but not in these totals: it is added. What an advisor used is billed at the
 * prices of another model and stays outside, as in the totals. Searches of the web have a fee each; fetches have none. Absent or null is unknown, not zero.
 */
export function readUsage(usage: unknown): UsageReading {
  if (!isObject(usage)) return MISSING_USAGE
  const counts = new Counts()
  const own = readTokens(usage, counts)
  const compactions = iterations(usage).map((iteration) => readTokens(iteration, counts))
  if (counts.fault !== undefined) return { ok: false, reason: counts.fault, raw: usage }
  if (own.input === undefined || own.output === undefined) return { ok: false, reason: 'missing', raw: usage }
  const buckets: Buckets = {}
  for (const tokens of [own, ...compactions]) {
    const parts = bucketsOf(tokens)
    if (parts === undefined) return { ok: false, reason: 'contradictory', raw: usage }
    for (const [name, count] of Object.entries(parts) as [Bucket, number][]) buckets[name] = (buckets[name] ?? 0) + count
  }
  if (Object.values(buckets).every((count) => count === 0)) return { ok: false, reason: 'missing', raw: usage }
  return { ok: true, buckets }
}

/** Anthropic's `usage` of an answer that another vendor made. What is unknown is null where the vendor has null for it. */
export function writeUsage(buckets: Buckets): JsonObject {
  const { cacheRead, cacheWrite, cacheWrite1h, reasoning } = buckets
  const written = cacheWrite === undefined && cacheWrite1h === undefined ? null : sumOf(buckets, ['cacheWrite', 'cacheWrite1h'])
  return {
    input_tokens: sumOf(buckets, ['input', 'audioIn', 'imageIn']),
    cache_creation_input_tokens: written,
    cache_read_input_tokens: cacheRead ?? null,
    cache_creation: written === null ? null : { ephemeral_5m_input_tokens: cacheWrite ?? 0, ephemeral_1h_input_tokens: cacheWrite1h ?? 0 },
    output_tokens: sumOf(buckets, OUTPUT_BUCKETS),
    ...(reasoning === undefined ? {} : { output_tokens_details: { thinking_tokens: reasoning } }),
  }
}

/** What usage tells in a stream is cumulative, member by member: what comes later counts, where it says something (U3). */
export function mergeUsage(earlier: JsonObject, later: unknown): JsonObject {
  if (!isObject(later)) return earlier
  return { ...earlier, ...Object.fromEntries(Object.entries(later).filter(([, value]) => value != null)) }
}

interface Tokens {
  input: number | undefined
  output: number | undefined
  thinking: number | undefined
  cacheRead: number | undefined
  written: number | undefined
  written5m: number | undefined
  written1h: number | undefined
  searches: number | undefined
}

function readTokens(usage: JsonObject, counts: Counts): Tokens {
  const told = (...path: string[]): number | undefined => counts.of(usage, ...path)
  return {
    input: told('input_tokens'),
    output: told('output_tokens'),
    thinking: told('output_tokens_details', 'thinking_tokens'),
    cacheRead: told('cache_read_input_tokens'),
    written: told('cache_creation_input_tokens'),
    written5m: told('cache_creation', 'ephemeral_5m_input_tokens'),
    written1h: told('cache_creation', 'ephemeral_1h_input_tokens'),
    searches: told('server_tool_use', 'web_search_requests'),
  }
}

/** Iterations whose tokens are in no total: the requests that summarize what is compacted. */
function iterations(usage: JsonObject): JsonObject[] {
  const all = usage['iterations']
  return Array.isArray(all) ? all.filter(isObject).filter(({ type }) => type === 'compaction') : []
}

/** Undefined where a part is larger than its whole. */
function bucketsOf({ input = 0, output = 0, thinking, cacheRead, searches, ...written }: Tokens): Buckets | undefined {
  const writes = writesOf(written)
  if (writes === undefined || (thinking ?? 0) > output) return undefined
  return {
    input,
    ...(cacheRead === undefined ? {} : { cacheRead }),
    ...writes,
    output: output - (thinking ?? 0),
    ...(thinking === undefined ? {} : { reasoning: thinking }),
    ...(searches === undefined ? {} : { search: searches }),
  }
}

/**
 * What was written to the cache, by how long it stays (U4). Where only the total is told it is the five minutes that the
 * vendor takes for granted. In a stream the split comes with the first event and the total may grow later: what is more
 * than the split belongs to the only kind that was seen, or else to the five minutes.
 */
function writesOf({ written, written5m, written1h }: Pick<Tokens, 'written' | 'written5m' | 'written1h'>): Buckets | undefined {
  if (written5m === undefined && written1h === undefined) return written === undefined ? {} : { cacheWrite: written }
  const short = written5m ?? 0
  const long = written1h ?? 0
  const more = (written ?? short + long) - short - long
  if (more < 0) return undefined
  const onlyLong = short === 0 && long > 0
  return onlyLong ? { cacheWrite: 0, cacheWrite1h: long + more } : { cacheWrite: short + more, cacheWrite1h: long }
}
