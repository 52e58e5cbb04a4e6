import type { Invalid } from '../dialect.ts'
import { isObject, type JsonObject } from '../json/object.ts'

const MOST_ANSWERS = 128
const LARGEST_LIMIT = 2_147_483_647
const LONGEST_MODEL = 256

/** A check of one member: undefined if it is fine, else what it must be. */
export type Check = (value: unknown) => string | undefined

/** Members, each with its check, in the order in which they are looked at. */
export type MemberChecks = readonly [member: string, check: Check][]

/** What every request of OpenAI's has; `null` counts as absent for all but the model. */
export const MODEL: Check = (value) => (isModel(value) ? undefined : `a string of 1 to ${LONGEST_MODEL} characters, the name of a model`)
export const STREAMING: MemberChecks = [
  ['stream', optional((value) => (typeof value === 'boolean' ? undefined : 'true or false, without quotes'))],
  ['n', optional((value) => integerWithin(1, MOST_ANSWERS, value))],
  ['stream_options', optional((value) => (isObject(value) ? undefined : 'an object, such as {"include_usage": true}'))],
  ['user', optional((value) => (typeof value === 'string' ? undefined : 'a string'))],
]

/** An output limit of at least so many tokens. */
export function limitFrom(least: number): Check {
  return optional((value) => integerWithin(least, LARGEST_LIMIT, value))
}

const CHECKS: MemberChecks = [
  ['model', MODEL],
  ['messages', (value) => (Array.isArray(value) && value.length > 0 ? undefined : 'an array with at least one message')],
  ['max_tokens', limitFrom(1)],
  ['max_completion_tokens', limitFrom(1)],
  ...STREAMING,
]

/** The first thing that is wrong with a parsed request; undefined if it is fine. */
export function validateChat(value: JsonObject): Invalid | undefined {
  return firstFault(value, CHECKS) ?? validateStreamOptions(value) ?? validateMessages(value['messages'] as unknown[])
}

/** The first member that fails its check. */
export function firstFault(value: JsonObject, checks: MemberChecks): Invalid | undefined {
  for (const [member, check] of checks) {
    const expected = check(value[member])
    if (expected !== undefined) return invalid(`/${member}`, complaint(member, value[member], expected))
  }
  return undefined
}

export function validateStreamOptions(value: JsonObject): Invalid | undefined {
  const options = value['stream_options']
  const includeUsage = isObject(options) ? options['include_usage'] : undefined
  if (includeUsage == null || typeof includeUsage === 'boolean') return undefined
  return invalid('/stream_options/include_usage', complaint('include_usage', includeUsage, 'true or false, without quotes'))
}

function validateMessages(messages: unknown[]): Invalid | undefined {
  for (const [index, message] of messages.entries()) {
    if (!isObject(message))
      return invalid(`/messages/${index}`, complaint(`messages[${index}]`, message, 'an object with `role` and `content`'))
    if (typeof message['role'] !== 'string') {
      return invalid(`/messages/${index}/role`, complaint('role', message['role'], 'a string, such as "user"'))
    }
  }
  return undefined
}

function invalid(pointer: string, message: string): Invalid {
  return { ok: false, pointer, message }
}

/** What is wrong with a member, and what it is to be instead. */
export function complaint(member: string, value: unknown, expected: string): string {
  if (value === undefined) return `\`${member}\` is missing: it is ${expected}`
  return `\`${member}\` is ${describeType(value)}: it must be ${expected}`
}

function describeType(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value === 'number') return `the number ${value}`
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array'
  if (value === '') return 'an empty string'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** `null` counts as absent. */
export function optional(check: Check): Check {
  return (value) => (value == null ? undefined : check(value))
}

function isModel(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '' && value.length <= LONGEST_MODEL
}

export function integerWithin(least: number, most: number, value: unknown): string | undefined {
  const within = typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
  return within ? undefined : `a whole number from ${least} to ${most}`
}
