import type { Invalid } from '../dialect.ts'
import { dearerService } from '../input/dearer-service.ts'
import { invalid } from '../input/body.ts'
import { complaint } from '../input/complaint.ts'
import { aBoolean, anObject, aString, firstFault, limitFrom, MODEL, optional, type MemberChecks } from '../input/validate.ts'
import { isObject, type JsonObject } from '../json/object.ts'

/** In this order; `null` counts as absent for all but the first. */
const CHECKS: MemberChecks = [
  ['model', MODEL],
  ['input', optional((value) => (isInput(value) ? undefined : 'a string, or an array with at least one item'))],
  ['instructions', aString],
  ['stream', aBoolean],
  ['background', aBoolean],
  ['max_output_tokens', limitFrom(1)],
  ['tools', optional((value) => (Array.isArray(value) ? undefined : 'an array of tools'))],
  ['reasoning', optional((value) => (isObject(value) ? undefined : 'an object, such as {"effort": "low"}'))],
  ['stream_options', anObject],
  ['user', aString],
  ['safety_identifier', aString],
]

/** Members that stand in for `input`: with them the prompt comes from what the vendor has stored. */
const INSTEAD_OF_INPUT = ['prompt', 'previous_response_id', 'conversation']

/** The first thing that is wrong with a parsed request; undefined if it is fine. */
export function validateResponses(value: JsonObject): Invalid | undefined {
  const fault = firstFault(value, CHECKS)
  if (fault !== undefined) return fault
  if (value['input'] == null && INSTEAD_OF_INPUT.every((name) => value[name] == null)) {
    return invalid('/input', '`input` is missing: it is a string, or an array with at least one item')
  }
  const { input, service_tier } = value
  return validateItems(input) ?? validateBackground(value) ?? dearerService({ service_tier })
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

function isInput(value: unknown): boolean {
  return typeof value === 'string' || (Array.isArray(value) && value.length > 0)
}
