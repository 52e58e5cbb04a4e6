import type { Invalid } from '../dialect.ts'
import { isObject, type JsonObject } from '../json/object.ts'

/**
 * Reads members of a request and remembers the first that is not what it must be; the rest is read all the same, so that
 * nothing has to be checked on the way. `null` counts as absent, as it does at the vendor.
 */
export class Fields {
  fault: Invalid | undefined

  string(holder: JsonObject, name: string, at: string): string | undefined {
    return this.#read(holder, name, at, isString, 'a string')
  }

  number(holder: JsonObject, name: string, at: string): number | undefined {
    return this.#read(holder, name, at, isNumber, 'a number')
  }

  boolean(holder: JsonObject, name: string, at: string): boolean | undefined {
    return this.#read(holder, name, at, isBoolean, 'true or false, without quotes')
  }

  object(holder: JsonObject, name: string, at: string): JsonObject | undefined {
    return this.#read(holder, name, at, isObject, 'an object')
  }

  array(holder: JsonObject, name: string, at: string): unknown[] | undefined {
    return this.#read(holder, name, at, isArray, 'an array')
  }

  /** A string that must be there; '' where it is not. */
  needed(holder: JsonObject, name: string, at: string): string {
    const value = this.string(holder, name, at)
    if (value === undefined) this.wrong(`${at}/${name}`, `\`${name}\` is missing: it is a string`)
    return value ?? ''
  }

  /** The objects of an array, each with its place; what is none is remembered as wrong. */
  objects(values: unknown[], at: string, example: string): [value: JsonObject, at: string][] {
    const found: [JsonObject, string][] = []
    for (const [index, value] of values.entries()) {
      const place = `${at}/${index}`
      if (isObject(value)) found.push([value, place])
      else this.wrong(place, `\`${place.slice(1)}\` is ${typeName(value)}: it must be an object, such as ${example}`)
    }
    return found
  }

  wrong(pointer: string, message: string): undefined {
    this.fault ??= { ok: false, pointer, message }
  }

  #read<T>(holder: JsonObject, name: string, at: string, test: (value: unknown) => value is T, expected: string): T | undefined {
    const value = holder[name]
    if (value == null || test(value)) return value ?? undefined
    return this.wrong(`${at}/${name}`, `\`${name}\` is ${typeName(value)}: it must be ${expected}`)
  }
}

/** What a value is, for a message about it. */
export function typeName(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'number') return `the number ${value}`
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

function isString(value: unknown): value is string {
  return typeof value === 'string'
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number'
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean'
}

function isArray(value: unknown): value is unknown[] {
  return Array.isArray(value)
}
