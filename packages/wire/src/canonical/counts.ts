import type { Bucket, Buckets } from '@faregate/core'
import { isObject } from '../json/object.ts'
import type { UsageReading } from './usage.ts'

type Fault = Exclude<Extract<UsageReading, { ok: false }>['reason'], 'missing'>

/** Reads the counts of a usage, and remembers the first that is none (M22). */
export class Counts {
  fault: Fault | undefined

  /** The count at this path; undefined where it is not told (absent or null), and where it is no count. */
  of(usage: unknown, ...path: string[]): number | undefined {
    let value = usage
    for (const name of path) value = isObject(value) ? value[name] : undefined
    if (value == null) return undefined
    if (typeof value !== 'number') this.fault ??= 'contradictory'
    else if (value < 0) this.fault ??= 'negative'
    else if (!Number.isInteger(value)) this.fault ??= 'fractional'
    else if (!Number.isSafeInteger(value)) this.fault ??= 'contradictory'
    else return value
    return undefined
  }
}

/**
 * A whole without some of its parts, and these parts. Undefined when one part alone is more than the whole; parts that
 * overlap (cached audio) are cut to what is left.
 */
export function split(whole: number, rest: 'input' | 'output', parts: [Bucket, number | undefined][]): Buckets | undefined {
  const buckets: Buckets = { [rest]: 0 }
  let left = whole
  for (const [name, part] of parts) {
    if (part === undefined) continue
    if (part > whole) return undefined
    const own = Math.min(part, left)
    buckets[name] = own
    left -= own
  }
  buckets[rest] = left
  return buckets
}
