import type { Invalid } from '../dialect.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { invalid } from './body.ts'
import { complaint, memberAt } from './complaint.ts'

/** What a value must be, in code and in words. */
export interface Kind<T> {
  is: (value: unknown) => value is T
  expected: string
}

export const STRING: Kind<string> = { is: (value) => typeof value === 'string', expected: 'a string' }
export const NUMBER: Kind<number> = { is: (value) => typeof value === 'number', expected: 'a number' }
export const INTEGER: Kind<number> = { is: (value): value is number => Number.isInteger(value), expected: 'a whole number' }
export const BOOLEAN: Kind<boolean> = { is: (value) => typeof value === 'boolean', expected: 'true or false, without quotes' }
export const OBJECT: Kind<JsonObject> = { is: isObject, expected: 'an object' }
export const ARRAY: Kind<unknown[]> = { is: Array.isArray, expected: 'an array' }
export const TEXTS: Kind<string[]> = {
  is: (value): value is string[] => Array.isArray(value) && value.every(STRING.is),
  expected: 'an array of strings',
}
export const NUMBERS: Kind<Record<string, number>> = {
  is: (value): value is Record<string, number> => isObject(value) && Object.values(value).every(NUMBER.is),
  expected: 'an object whose values are numbers',
}
export const STRINGS: Kind<Record<string, string>> = {
  is: (value): value is Record<string, string> => isObject(value) && Object.values(value).every(STRING.is),
  expected: 'an object whose values are strings',
}

/** One of these words. */
export function oneOf<T extends string>(...words: readonly T[]): Kind<T> {
  const known = new Set<unknown>(words)
  return { is: (value): value is T => known.has(value), expected: `one of ${words.map((word) => `"${word}"`).join(', ')}` }
}

/**
 * Notes the first thing that is wrong with a request while it is decoded. Decoding goes on with what is there: whatever
 * comes of it is thrown away.
 */
export class Checks {
  fault: Invalid | undefined

  fail(pointer: string, message: string): undefined {
    this.fault ??= invalid(pointer, message)
    return undefined
  }

  /** Notes that a value is not what it must be. */
  wrong(value: unknown, at: string, expected: string): undefined {
    return this.fail(at, complaint(memberAt(at), value, expected))
  }

  /** The value, if it is there and as expected. Absent and null are the same, and no fault. */
  optional<T>(value: unknown, at: string, kind: Kind<T>): T | undefined {
    return value == null ? undefined : this.required(value, at, kind)
  }

  required<T>(value: unknown, at: string, kind: Kind<T>): T | undefined {
    if (kind.is(value)) return value
    return this.wrong(value, at, kind.expected)
  }
}
