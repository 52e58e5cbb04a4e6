import type { CacheControl } from '../canonical/conversation.ts'
import type { JsonObject } from '../json/object.ts'
import { OBJECT, oneOf, type Checks } from '../input/checks.ts'

const TTL = oneOf('5m', '1h')

/**
 * A cache breakpoint (M3): OpenAI has no such member, but vendors that serve Anthropic's models in this dialect do
 * (OpenRouter, "Prompt caching"), on parts, messages, tools and the request.
 */
export function cacheControlOf(holder: JsonObject, at: string, checks: Checks): { cacheControl?: CacheControl } {
  const value = checks.optional(holder['cache_control'], `${at}/cache_control`, OBJECT)
  if (value === undefined) return {}
  const ttl = checks.optional(value['ttl'], `${at}/cache_control/ttl`, TTL)
  return { cacheControl: ttl === undefined ? {} : { ttl } }
}

/** The member for it; nothing where there is no breakpoint. */
export function cacheControlMember(cacheControl: CacheControl | undefined): JsonObject {
  if (cacheControl === undefined) return {}
  return { cache_control: { type: 'ephemeral', ...cacheControl } }
}
