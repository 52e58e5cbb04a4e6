import type { UsageReading } from '../canonical/usage.ts'
import { isObject, type JsonObject } from '../json/object.ts'

type Fault = Exclude<Extract<UsageReading, { ok: false }>['reason'], 'missing'>

/** Reads counts of a usage, and remembers the first that is none (M22). */
export class Counts {
  fault: Fault | undefined
  readonly #usage: JsonObject

  constructor(usage: JsonObject) {
    this.#usage = usage
  }

  /** The count of this name; undefined where it is not told. */
  of(name: string): number | undefined {
    return this.#count(this.#usage[name])
  }

  /** The count of this name inside another member. */
  within(holder: string, name: string): number | undefined {
    const inner = this.#usage[holder]
    return isObject(inner) ? this.#count(inner[name]) : undefined
  }

  /** Seconds that are told with a fraction are billed begun. */
  seconds(name: string): number | undefined {
    const value = this.#usage[name]
    return this.#count(typeof value === 'number' ? Math.ceil(value) : value)
  }

  #count(value: unknown): number | undefined {
    if (value == null) return undefined
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
    this.fault ??= typeof value !== 'number' || !Number.isFinite(value) ? 'contradictory' : value < 0 ? 'negative' : 'fractional'
    return undefined
  }
}

/** A part, and what is left of the whole; undefined where the part is larger. */
export function split(whole: number, part: number | undefined): { part: number; rest: number } | undefined {
  const taken = part ?? 0
  return taken > whole ? undefined : { part: taken, rest: whole - taken }
}
