import type { Invalid } from '../dialect.ts'
import { isObject, type JsonObject } from '../json/object.ts'

const MOST_ANSWERS = 128
const LARGEST_LIMIT = 2_147_483_647
const LONGEST_MODEL = 256

/** A check of one member: undefined if it is fine, else what it must be. */
type Check = (value: unknown) => string | undefined

/** In this order; `null` counts as absent for all but the first two. */
const CHECKS: [member: string, check: Check][] = [
  ['model', (value) => (isModel(value) ? undefined : `a string of 1 to ${LONGEST_MODEL} characters, the name of a model`)],
  ['messages', (value) => (Array.isArray(value) && value.length > 0 ? undefined : 'an array with at least one message')],
  ['stream', optional((value) => (typeof value === 'boolean' ? undefined : 'true or false, without quotes'))],
  ['n', optional((value) => integerFrom1To(MOST_ANSWERS, value))],
  ['max_tokens', optional((value) => integerFrom1To(LARGEST_LIMIT, value))],
  ['max_completion_tokens', optional((value) => integerFrom1To(LARGEST_LIMIT, value))],
  ['stream_options', optional((value) => (isObject(value) ? undefined : 'an object, such as {"include_usage": true}'))],
  ['user', optional((value) => (typeof value === 'string' ? undefined : 'a string'))],
]

/** The first thing that is wrong with a parsed request; undefined if it is fine. */
export function validateChat(value: JsonObject): Invalid | undefined {
  for (const [member, check] of CHECKS) {
    const expected = check(value[member])
    if (expected !== undefined) return invalid(`/${member}`, complaint(member, value[member], expected))
  }
  return validateNested(value)
}

function validateNested(value: JsonObject): Invalid | undefined {
  const options = value['stream_options']
  const includeUsage = isObject(options) ? options['include_usage'] : undefined
  if (includeUsage != null && typeof includeUsage !== 'boolean') {
    return invalid('/stream_options/include_usage', complaint('include_usage', includeUsage, 'true or false, without quotes'))
  }
  const messages = value['messages'] as unknown[]
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

function optional(check: Check): Check {
  return (value) => (value == null ? undefined : check(value))
}

function isModel(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '' && value.length <= LONGEST_MODEL
}

function integerFrom1To(most: number, value: unknown): string | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most
    ? undefined
    : `a whole number from 1 to ${most}`
}
