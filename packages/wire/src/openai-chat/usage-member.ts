import type { Buckets } from '@faregate/core'
import { INPUT_BUCKETS, OUTPUT_BUCKETS, sumOf } from '../canonical/usage.ts'
import type { JsonObject } from '../json/object.ts'

/**
 * `usage` as OpenAI tells it, of what is charged for: `prompt_tokens` includes the cache, audio and images (U1),
 * `completion_tokens` includes reasoning, audio and images (U2). Cache writes and images are told where there were any.
 */
export function usageMember(buckets: Buckets): JsonObject {
  const prompt = sumOf(buckets, INPUT_BUCKETS)
  const completion = sumOf(buckets, OUTPUT_BUCKETS)
  const written = sumOf(buckets, ['cacheWrite', 'cacheWrite1h'])
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: {
      cached_tokens: buckets.cacheRead ?? 0,
      audio_tokens: buckets.audioIn ?? 0,
      ...(written > 0 ? { cache_write_tokens: written } : {}),
      ...(buckets.imageIn !== undefined && buckets.imageIn > 0 ? { image_tokens: buckets.imageIn } : {}),
    },
    completion_tokens_details: {
      reasoning_tokens: buckets.reasoning ?? 0,
      audio_tokens: buckets.audioOut ?? 0,
      ...(buckets.imageOut !== undefined && buckets.imageOut > 0 ? { image_tokens: buckets.imageOut } : {}),
    },
  }
}
