import type { Invalid } from '../dialect.ts'
import { isObject, type JsonObject } from '../json/object.ts'

/**
 * Reads members of a parsed body by type and remembers the first that is wrong, with its place and how to mend it.
 * `null` counts as absent, as it does at OpenAI.
 */
export class Fields {
  fault: Invalid | undefined

  string(value: unknown, at: string, expected = 'a string'): string | undefined {
    return value == null || typeof value === 'string' ? (value ?? undefined) : this.wrong(value, at, expected)
  }

  number(value: unknown, at: string, expected = 'a number'): number | undefined {
    return value == null || typeof value === 'number' ? (value ?? undefined) : this.wrong(value, at, expected)
  }

  boolean(value: unknown, at: string, expected = 'true or false, without quotes'): boolean | undefined {
    return value == null || typeof value === 'boolean' ? (value ?? undefined) : this.wrong(value, at, expected)
  }

  object(value: unknown, at: string, expected = 'an object'): JsonObject | undefined {
    return value == null || isObject(value) ? (value ?? undefined) : this.wrong(value, at, expected)
  }

  list(value: unknown, at: string, expected = 'an array'): unknown[] | undefined {
    return value == null || Array.isArray(value) ? (value ?? undefined) : this.wrong(value, at, expected)
  }

  /** One of these words. */
  word<Word extends string>(value: unknown, at: string, words: readonly Word[]): Word | undefined {
    if (value == null) return undefined
    return words.find((one) => one === value) ?? this.wrong(value, at, `one of ${words.map((one) => `"${one}"`).join(', ')}`)
  }

  /** A text that cannot be left out. */
  needed(holder: JsonObject, member: string, at: string): string {
    const value = holder[member]
    const place = `${at}/${member}`
    return this.required(this.string(value, place), value, place, 'a string', '')
  }

  /** What cannot be left out; stands for it where it is wrong, too. */
  required<Value>(read: Value | undefined, value: unknown, at: string, expected: string, instead: Value): Value {
    if (read === undefined) this.wrong(value ?? undefined, at, expected)
    return read ?? instead
  }

  /** Notes that a value is not what it must be. */
  wrong(value: unknown, at: string, expected: string): undefined {
    this.fault ??= { ok: false, pointer: at, message: complaint(at.slice(at.lastIndexOf('/') + 1), value, expected) }
    return undefined
  }
}

/** The same members without those that are undefined. */
export function compact<T extends object>(members: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T
}

/** A name as a step of a JSON pointer (RFC 6901). */
export function step(name: string): string {
  return `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/** The text that a value is; empty where it is none. */
export function word(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** What is wrong with a member and what it must be. */
export function complaint(name: string, value: unknown, expected: string): string {
  if (value === undefined) return `\`${name}\` is missing: it is ${expected}`
  return `\`${name}\` is ${describe(value)}: it must be ${expected}`
}

function describe(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value === 'number') return `the number ${value}`
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array'
  if (value === '') return 'an empty string'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
