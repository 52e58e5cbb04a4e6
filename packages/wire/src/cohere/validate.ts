import type { Invalid } from '../dialect.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { typeOf } from './members.ts'

const LONGEST_MODEL = 256
const LARGEST_LIMIT = 2_147_483_647

/** Undefined if the value is fine, else what it must be. */
type Check = (value: unknown) => string | undefined

/** A check of one member, which may be absent (or null) or not. */
export type MemberCheck = [member: string, required: boolean, check: Check]

export const MODEL: MemberCheck = [
  'model',
  true,
  (value) =>
    typeof value === 'string' && value.trim() !== '' && value.length <= LONGEST_MODEL
      ? undefined
      : `a string of 1 to ${LONGEST_MODEL} characters, the name of a model`,
]

export const STREAM: MemberCheck = ['stream', false, (value) => (typeof value === 'boolean' ? undefined : 'true or false, without quotes')]

export const filledList =
  (what: string): Check =>
  (value) =>
    Array.isArray(value) && value.length > 0 ? undefined : `an array with at least one ${what}`

export const text: Check = (value) => (typeof value === 'string' && value !== '' ? undefined : 'a string that is not empty')

export const anObject: Check = (value) => (isObject(value) ? undefined : 'an object')

export const wholeFromOne: Check = (value) =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= LARGEST_LIMIT
    ? undefined
    : `a whole number from 1 to ${LARGEST_LIMIT}`

/** The first member that money or routing needs and cannot be understood; undefined if there is none. */
export function firstInvalid(value: JsonObject, checks: readonly MemberCheck[]): Invalid | undefined {
  for (const [member, required, check] of checks) {
    const found = value[member]
    if (found == null && !required) continue
    const expected = check(found)
    if (expected === undefined) continue
    const message =
      found === undefined ? `\`${member}\` is missing: it is ${expected}` : `\`${member}\` is ${typeOf(found)}: it must be ${expected}`
    return { ok: false, pointer: `/${member}`, message }
  }
  return undefined
}

/** The first item of a list that is no object; undefined if there is none. */
export function firstStranger(items: unknown[], pointer: string, expected: string): Invalid | undefined {
  const index = items.findIndex((item) => !isObject(item))
  if (index < 0) return undefined
  return { ok: false, pointer: `${pointer}/${index}`, message: `this is ${typeOf(items[index])}: it must be ${expected}` }
}
