import type { Invalid } from '../dialect.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { complaint } from './fields.ts'

const LARGEST_LIMIT = 2_147_483_647
const LONGEST_MODEL = 256

/** A check of one member: undefined if it is fine, else what it must be. */
type Check = (value: unknown) => string | undefined

/** In this order; `null` counts as absent for all but the first. */
const CHECKS: [member: string, check: Check][] = [
  ['model', (value) => (isModel(value) ? undefined : `a string of 1 to ${LONGEST_MODEL} characters, the name of a model`)],
  ['input', optional((value) => (isInput(value) ? undefined : 'a string, or an array with at least one item'))],
  ['instructions', optional((value) => (typeof value === 'string' ? undefined : 'a string'))],
  ['stream', optional(isSwitch)],
  ['background', optional(isSwitch)],
  ['max_output_tokens', optional((value) => (isLimit(value) ? undefined : `a whole number from 1 to ${LARGEST_LIMIT}`))],
  ['tools', optional((value) => (Array.isArray(value) ? undefined : 'an array of tools'))],
  ['reasoning', optional((value) => (isObject(value) ? undefined : 'an object, such as {"effort": "low"}'))],
  ['stream_options', optional((value) => (isObject(value) ? undefined : 'an object'))],
  ['user', optional((value) => (typeof value === 'string' ? undefined : 'a string'))],
  ['safety_identifier', optional((value) => (typeof value === 'string' ? undefined : 'a string'))],
]

/** Members that stand in for `input`: with them the prompt comes from what the vendor has stored. */
const INSTEAD_OF_INPUT = ['prompt', 'previous_response_id', 'conversation']

/** The first thing that is wrong with a parsed request; undefined if it is fine. */
export function validateResponses(value: JsonObject): Invalid | undefined {
  for (const [member, check] of CHECKS) {
    const expected = check(value[member])
    if (expected !== undefined) return invalid(`/${member}`, complaint(member, value[member], expected))
  }
  if (value['input'] == null && INSTEAD_OF_INPUT.every((name) => value[name] == null)) {
    return invalid('/input', '`input` is missing: it is a string, or an array with at least one item')
  }
  return validateItems(value['input']) ?? validateBackground(value)
}

function validateItems(input: unknown): Invalid | undefined {
  if (!Array.isArray(input)) return undefined
  for (const [index, item] of (input as unknown[]).entries()) {
    if (!isObject(item))
      return invalid(`/input/${index}`, complaint(`input[${index}]`, item, 'an object with `role` and `content`, or a `type`'))
    if (item['type'] == null && typeof item['role'] !== 'string' && typeof item['id'] !== 'string') {
      return invalid(`/input/${index}/role`, complaint('role', item['role'], 'a string, such as "user", or the item has a `type`'))
    }
  }
  return undefined
}

/** Its answer is fetched later, past the gateway: nobody would know what it cost. */
function validateBackground(value: JsonObject): Invalid | undefined {
  if (value['background'] !== true || value['stream'] === true) return undefined
  return invalid(
    '/background',
    '`background` is only served with `"stream": true`, because an answer that is fetched later cannot be charged',
  )
}

function invalid(pointer: string, message: string): Invalid {
  return { ok: false, pointer, message }
}

function optional(check: Check): Check {
  return (value) => (value == null ? undefined : check(value))
}

function isSwitch(value: unknown): string | undefined {
  return typeof value === 'boolean' ? undefined : 'true or false, without quotes'
}

function isModel(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '' && value.length <= LONGEST_MODEL
}

function isInput(value: unknown): boolean {
  return typeof value === 'string' || (Array.isArray(value) && value.length > 0)
}

function isLimit(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= LARGEST_LIMIT
}
