import type { CacheControl } from '../canonical/conversation.ts'
import type { Unsupported } from '../canonical/unsupported.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import type { Family } from './families.ts'

/** What a request is encoded with and what comes up on the way. */
export interface Encoding {
  readonly family: Family
  readonly unsupported: Unsupported[]
  /** Blocks that carry `cache_control`, in the order in which the vendor reads them. */
  readonly breakpoints: { block: JsonObject; at: string }[]
}

/** The vendor takes so many breakpoints. Guide "Prompt caching". */
const MOST_BREAKPOINTS = 4

/** The block with its breakpoint, if it has one. */
export function withCache(block: JsonObject, holder: { cacheControl?: CacheControl; at: string }, encoding: Encoding): JsonObject {
  if (holder.cacheControl === undefined) return block
  const cached = { ...block, cache_control: cacheMember(holder.cacheControl) }
  encoding.breakpoints.push({ block: cached, at: holder.at })
  return cached
}

export function cacheMember({ ttl }: CacheControl): JsonObject {
  return { type: 'ephemeral', ...(ttl === undefined ? {} : { ttl }) }
}

/**
 * Takes away the breakpoints that are too many (M3): the first, for every later one covers what is before it. One for the
 * whole prompt counts, too. Of those that remain, none of an hour comes after one of five minutes.
 */
export function limitBreakpoints({ breakpoints, unsupported }: Encoding, forWholePrompt: boolean): void {
  const most = MOST_BREAKPOINTS - (forWholePrompt ? 1 : 0)
  const tooMany = Math.max(0, breakpoints.length - most)
  for (const { block, at } of breakpoints.slice(0, tooMany)) {
    delete block['cache_control']
    unsupported.push({ at, what: 'a cache breakpoint', why: `the vendor takes ${MOST_BREAKPOINTS}: the last ones remain` })
  }
  let short = false
  for (const { block, at } of breakpoints.slice(tooMany)) {
    const long = isObject(block['cache_control']) && block['cache_control']['ttl'] === '1h'
    if (long && short) {
      block['cache_control'] = cacheMember({})
      unsupported.push({ at, what: 'a cache breakpoint of one hour', why: 'none may come after one of five minutes: it is one itself' })
    }
    short ||= !long
  }
}
