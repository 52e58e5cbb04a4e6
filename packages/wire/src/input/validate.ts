import type { Invalid } from '../dialect.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { invalid } from './body.ts'
import { complaint, memberAt } from './complaint.ts'

const LARGEST_LIMIT = 2_147_483_647
const LONGEST_MODEL = 256

/** A check of one member: undefined if it is fine, else what it must be. */
export type Check = (value: unknown) => string | undefined

/** Members, each with its check, in the order in which they are looked at. */
export type MemberChecks = readonly [member: string, check: Check][]

export const MODEL: Check = (value) => (isModel(value) ? undefined : `a string of 1 to ${LONGEST_MODEL} characters, the name of a model`)

export const aBoolean = optional((value) => (typeof value === 'boolean' ? undefined : 'true or false, without quotes'))
export const aString = optional((value) => (typeof value === 'string' ? undefined : 'a string'))
export const anObject = optional((value) => (isObject(value) ? undefined : 'an object'))
export const anArray = optional((value) => (Array.isArray(value) ? undefined : 'an array'))

/** An array that must be there, with at least one of these in it. */
export function filledList(what: string): Check {
  return (value) => (Array.isArray(value) && value.length > 0 ? undefined : `an array with at least one ${what}`)
}

/** An output limit of at least so many tokens. */
export function limitFrom(least: number): Check {
  return optional((value) => integerWithin(least, LARGEST_LIMIT, value))
}

/** `null` counts as absent. */
export function optional(check: Check): Check {
  return (value) => (value == null ? undefined : check(value))
}

export function integerWithin(least: number, most: number, value: unknown): string | undefined {
  const within = typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
  return within ? undefined : `a whole number from ${least} to ${most}`
}

/** The first member that fails its check. */
export function firstFault(value: JsonObject, checks: MemberChecks, at = ''): Invalid | undefined {
  for (const [member, check] of checks) {
    const expected = check(value[member])
    if (expected !== undefined) return invalid(`${at}/${member}`, complaint(member, value[member], expected))
  }
  return undefined
}

/** The first item of a list that is no object. */
export function firstStranger(items: readonly unknown[], at: string, expected: string): Invalid | undefined {
  const index = items.findIndex((item) => !isObject(item))
  if (index < 0) return undefined
  const place = `${at}/${index}`
  return invalid(place, complaint(memberAt(place), items[index], expected))
}

function isModel(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '' && value.length <= LONGEST_MODEL
}
