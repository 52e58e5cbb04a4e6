import type { Buckets } from '@faregate/core'
import { Counts } from '../canonical/counts.ts'
import { INPUT_BUCKETS, OUTPUT_BUCKETS, sumOf, type UsageReading } from '../canonical/usage.ts'
import { isObject, type JsonObject } from '../json/object.ts'

/** An answer that only loads a model, or puts it away, has evaluated nothing. */
const NOTHING_EVALUATED = new Set<unknown>(['load', 'unload'])

/**
 * The usage of a whole answer, or of the last line of a stream (documentation: API, Usage). `prompt_eval_count` includes
 * what came from the cache, told by newer versions in `prompt_eval_cached_count`; `eval_count` includes thinking. Older
 * versions leave out the count of a prompt that was cached: unknown is not zero, so all of it counts as missing.
 */
export function readUsage(answer: unknown): UsageReading {
  if (!isObject(answer)) return { ok: false, reason: 'missing' }
  if (NOTHING_EVALUATED.has(answer['done_reason'])) return { ok: true, buckets: { input: 0, output: 0 } }
  const counts = new Counts()
  const prompt = counts.of(answer, 'prompt_eval_count')
  const cached = counts.of(answer, 'prompt_eval_cached_count')
  const output = counts.of(answer, 'eval_count')
  const raw = countsOf(answer)
  if (counts.fault !== undefined) return { ok: false, reason: counts.fault, raw }
  if (prompt === undefined || output === undefined || prompt + output === 0) return { ok: false, reason: 'missing', raw }
  if (cached === undefined) return { ok: true, buckets: { input: prompt, output } }
  if (cached > prompt) return { ok: false, reason: 'contradictory', raw }
  return { ok: true, buckets: { input: prompt - cached, cacheRead: cached, output } }
}

function countsOf({ prompt_eval_count, prompt_eval_cached_count, eval_count }: JsonObject): JsonObject {
  return { prompt_eval_count, prompt_eval_cached_count, eval_count }
}

/** Ollama's counts of what is charged for. Durations are left out: nobody measured them, and they are not zero. */
export function usageOf(buckets: Buckets): JsonObject {
  const { cacheRead } = buckets
  return {
    prompt_eval_count: sumOf(buckets, INPUT_BUCKETS),
    ...(cacheRead === undefined ? {} : { prompt_eval_cached_count: cacheRead }),
    eval_count: sumOf(buckets, OUTPUT_BUCKETS),
  }
}
