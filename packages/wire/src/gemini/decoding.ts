import type { Other } from '../canonical/conversation.ts'
import type { Invalid } from '../dialect.ts'
import { invalid } from '../input/body.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { CallBook } from './call-ids.ts'
import { member, spelled } from './spelling.ts'

/** A member that was found: its value, and where it stands in the caller's own spelling. */
export interface Found<T> {
  value: T
  at: string
}

/** What the parts of a request are decoded with: what came before, what has no neutral form, and the first thing that is wrong. */
export class Decoding {
  fault: Invalid | undefined
  readonly others: Record<string, Other> = {}
  readonly calls = new CallBook()

  /** Notes what is wrong, unless something was before it. */
  refuse(at: string, message: string): void {
    this.fault ??= invalid(at, message)
  }

  /** Notes a member that only this dialect understands. */
  keep(name: string, { at, value }: Found<unknown>): void {
    this.others[name] = { at, value }
  }

  any(holder: Found<JsonObject>, name: string): Found<unknown> | undefined {
    const value = member(holder.value, name)
    return value === undefined ? undefined : { value, at: `${holder.at}/${spelled(holder.value, name)}` }
  }

  object(holder: Found<JsonObject>, name: string): Found<JsonObject> | undefined {
    return this.#typed(this.any(holder, name), isObject, 'an object')
  }

  text(holder: Found<JsonObject>, name: string): string | undefined {
    return this.#typed(this.any(holder, name), isString, 'a string')?.value
  }

  number(holder: Found<JsonObject>, name: string): number | undefined {
    return this.#typed(this.any(holder, name), isNumber, 'a number')?.value
  }

  flag(holder: Found<JsonObject>, name: string): boolean | undefined {
    return this.#typed(this.any(holder, name), isBoolean, 'true or false, without quotes')?.value
  }

  strings(holder: Found<JsonObject>, name: string): string[] | undefined {
    return this.#typed(this.any(holder, name), isStrings, 'an array of strings')?.value
  }

  /** The objects of a list, each with its place; what is no object is refused. */
  objects(holder: Found<JsonObject>, name: string): Found<JsonObject>[] {
    const list = this.#typed(this.any(holder, name), isArray, 'an array')
    if (list === undefined) return []
    return list.value.flatMap((value, index) => this.#typed({ value, at: `${list.at}/${index}` }, isObject, 'an object') ?? [])
  }

  #typed<T>(found: Found<unknown> | undefined, is: (value: unknown) => value is T, expected: string): Found<T> | undefined {
    if (found === undefined) return undefined
    const { value, at } = found
    if (is(value)) return { value, at }
    this.refuse(at, `\`${at.slice(at.lastIndexOf('/') + 1)}\` must be ${expected}`)
    return undefined
  }
}

const isString = (value: unknown): value is string => typeof value === 'string'
const isNumber = (value: unknown): value is number => typeof value === 'number'
const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean'
const isArray = (value: unknown): value is unknown[] => Array.isArray(value)
const isStrings = (value: unknown): value is string[] => Array.isArray(value) && value.every(isString)
