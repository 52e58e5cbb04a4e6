import type { CacheControl } from '../canonical/conversation.ts'
import type { JsonObject } from '../json/object.ts'
import type { Writing } from './writing.ts'

/** More are refused. */
const MOST = 4

/**
 * The cache point that follows what is to be cached up to here (M3), as a list of none or one. Five minutes are the default
 * and not said: not every model knows `ttl`. Models without prompt caching get none: it changes no answer.
 */
export function cachePoint(control: CacheControl | undefined, place: 'messages' | 'tools', at: string, writing: Writing): JsonObject[] {
  if (control === undefined || !writing.family.caches[place]) return []
  if (writing.cachePoints === MOST) {
    writing.unsupported.push({ at, what: 'a fifth cache breakpoint', why: `${MOST} are the most` })
    return []
  }
  writing.cachePoints++
  return [{ cachePoint: { type: 'default', ...(control.ttl === '1h' ? { ttl: '1h' } : {}) } }]
}
