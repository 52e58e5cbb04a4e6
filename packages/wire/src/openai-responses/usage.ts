import type { Buckets } from '@faregate/core'
import { Counts } from '../canonical/counts.ts'
import { INPUT_BUCKETS, OUTPUT_BUCKETS, sumOf, type UsageReading } from '../canonical/usage.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { readUsage as readChatUsage } from '../openai-chat/usage.ts'

/**
 * Turns `usage` into disjoint buckets. It is the usage of the chat dialect under other names: `input_tokens` includes what
 * came from the cache and what was written to it, `output_tokens` includes reasoning. What is written to the cache for
 * twelve hours counts as the long write.
 */
export function readUsage(usage: unknown): UsageReading {
  if (!isObject(usage)) return readChatUsage(usage)
  const reading = readChatUsage({
    prompt_tokens: usage['input_tokens'],
    completion_tokens: usage['output_tokens'],
    total_tokens: usage['total_tokens'],
    prompt_tokens_details: usage['input_tokens_details'],
    completion_tokens_details: usage['output_tokens_details'],
  })
  return reading.ok ? { ok: true, buckets: splitWrites(reading.buckets, usage) } : { ...reading, raw: usage }
}

/**
 * The usage of a response, and its searches, which are billed each, beside the tokens (U7): as many as xAI tells, or as there
 * are among its items.
 */
export function readResponseUsage({ usage, output }: JsonObject): UsageReading {
  const reading = readUsage(usage)
  const search = toldSearches(usage) ?? (Array.isArray(output) ? output.filter(isSearch).length : 0)
  return reading.ok && search > 0 ? { ok: true, buckets: { ...reading.buckets, search } } : reading
}

/** xAI counts what it ran of its own tools (docs.x.ai, "Tools", usage). */
function toldSearches(usage: unknown): number | undefined {
  const told = isObject(usage) ? usage['server_side_tool_usage_details'] : undefined
  if (!isObject(told)) return undefined
  const counts = new Counts()
  const search = (counts.of(told, 'web_search_calls') ?? 0) + (counts.of(told, 'x_search_calls') ?? 0)
  return counts.fault === undefined ? search : undefined
}

/** Pages that are opened, and what is found in them, cost nothing by themselves. */
function isSearch(item: unknown): boolean {
  if (!isObject(item) || item['type'] !== 'web_search_call') return false
  const { action } = item
  return !isObject(action) || action['type'] === 'search'
}

function splitWrites(buckets: Buckets, { input_tokens_details: details }: JsonObject): Buckets {
  const kinds = isObject(details) ? details['cache_write_tokens_details'] : undefined
  const long = isObject(kinds) ? kinds['ttl_12h_tokens'] : undefined
  const all = buckets.cacheWrite
  if (all === undefined || typeof long !== 'number' || !Number.isInteger(long) || long <= 0 || long > all) return buckets
  return { ...buckets, cacheWrite: all - long, cacheWrite1h: long }
}

/** The `usage` for what is charged: totals that include cache and reasoning. The SDK's types leave nothing out. */
export function writeUsage(buckets: Buckets): JsonObject {
  const input = sumOf(buckets, INPUT_BUCKETS)
  const output = sumOf(buckets, OUTPUT_BUCKETS)
  return {
    input_tokens: input,
    input_tokens_details: {
      cached_tokens: buckets.cacheRead ?? 0,
      cache_write_tokens: sumOf(buckets, ['cacheWrite', 'cacheWrite1h']),
    },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: buckets.reasoning ?? 0 },
    total_tokens: input + output,
  }
}
