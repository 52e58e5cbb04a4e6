import type { Invalid } from '../dialect.ts'
import { isObject, type JsonObject } from '../json/object.ts'

/**
 * Reads members of a caller's body by type, and remembers the first that has another one. null counts as absent.
 * `at` is the JSON pointer of the object that holds the member.
 */
export class MemberReader {
  /** What is wrong with the body, if anything is. */
  fault: Invalid | undefined

  fail(pointer: string, message: string): undefined {
    this.fault ??= { ok: false, pointer, message }
  }

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

  /** Empty where the member is absent. */
  list(holder: JsonObject, name: string, at: string): unknown[] {
    return this.#read(holder, name, at, isList, 'an array') ?? []
  }

  strings(holder: JsonObject, name: string, at: string): string[] | undefined {
    return this.#read(holder, name, at, isStrings, 'an array of strings')
  }

  /** A string that has to be there. */
  required(holder: JsonObject, name: string, at: string): string {
    const value = this.string(holder, name, at)
    if (value === undefined) this.fail(`${at}/${name}`, `\`${name}\` is missing: it is a string`)
    return value ?? ''
  }

  /** One of a few words. */
  oneOf<Word extends string>(holder: JsonObject, name: string, at: string, words: readonly Word[]): Word | undefined {
    const isWord = (value: unknown): value is Word => words.some((word) => word === value)
    return this.#read(holder, name, at, isWord, words.map((word) => `"${word}"`).join(' or '))
  }

  /** The items of a list that are objects; another one is a fault. */
  objects(items: unknown[], at: string): { item: JsonObject; at: string }[] {
    const objects: { item: JsonObject; at: string }[] = []
    for (const [index, item] of items.entries()) {
      if (isObject(item)) objects.push({ item, at: `${at}/${index}` })
      else this.fail(`${at}/${index}`, `this is ${typeOf(item)}: it must be an object`)
    }
    return objects
  }

  #read<Value>(holder: JsonObject, name: string, at: string, is: (value: unknown) => value is Value, expected: string): Value | undefined {
    const value = holder[name]
    if (value == null) return undefined
    if (is(value)) return value
    return this.fail(`${at}/${name}`, `\`${name}\` is ${typeOf(value)}: it must be ${expected}`)
  }
}

/** The members of these that are there: absent, null and a default are three things (M5). */
export function present<Members extends object>(members: Members): { [Name in keyof Members]?: Exclude<Members[Name], undefined> } {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [Name in keyof Members]?: Exclude<Members[Name], undefined> }
}

/** What the items become, without those that become nothing. */
export function mapPresent<Item, Result>(items: readonly Item[], map: (item: Item) => Result | undefined): Result[] {
  return items.map(map).filter((result) => result !== undefined)
}

/** A member's name as part of a JSON pointer (RFC 6901). */
export function pointerTo(name: string): string {
  return `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/** What stands there, for a message. */
export function typeOf(value: unknown): string {
  if (value == null) return String(value)
  if (typeof value === 'number') return `the number ${value}`
  if (typeof value === 'string') return value.length <= 32 ? `"${value}"` : 'a string'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array'
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

function isList(value: unknown): value is unknown[] {
  return Array.isArray(value)
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isString)
}
