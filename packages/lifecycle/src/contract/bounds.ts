import { jsonOf, resolved, type Json } from '../openapi/json.ts'

/** A value at the edge of a schema, and whether it is still within. */
export interface Bound {
  what: string
  value: unknown
  valid: boolean
}

/** No text is made longer, whatever a schema asks for. */
const LONGEST = 2_000
const MOST_CHOICES = 5

/** Of these no other value is made. */
const LARGE = new Set(['array', 'object'])

/** Values at the edges of a schema, and just beyond them. `text`: it is sent as text, as parameters are. */
export function boundsOf(document: Json, schema: unknown, text: boolean): Bound[] {
  const here = resolved(document, schema)
  const choices = here['enum']
  if (Array.isArray(choices)) return ofChoices(choices as unknown[])
  const type = Array.isArray(here['type']) ? (here['type'] as unknown[]).find((one) => one !== 'null') : here['type']
  const strange = typeof type !== 'string' || (text && type === 'string') || LARGE.has(type) ? [] : [strangeTo(type)]
  if (type === 'integer' || type === 'number') return [...ofNumbers(here, type), ...strange]
  return type === 'string' ? [...ofTexts(here), ...strange] : strange
}

function ofChoices(choices: unknown[]): Bound[] {
  const named = choices.slice(0, MOST_CHOICES).map((value): Bound => ({ what: `is ${JSON.stringify(value)}`, value, valid: true }))
  return [...named, { what: 'is none of its values', value: 'none-of-these-values', valid: false }]
}

function strangeTo(type: string): Bound {
  return { what: `is no ${type}`, value: type === 'string' ? 7 : 'text', valid: false }
}

function ofNumbers({ minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf }: Json, type: string): Bound[] {
  const step = typeof multipleOf === 'number' ? multipleOf : type === 'integer' ? 1 : 0.5
  const edges: [what: string, edge: unknown, inward: number, excluded: boolean][] = [
    ['minimum', minimum, 1, false],
    ['maximum', maximum, -1, false],
    ['exclusive minimum', exclusiveMinimum, 1, true],
    ['exclusive maximum', exclusiveMaximum, -1, true],
  ]
  return edges.flatMap(([what, edge, inward, excluded]): Bound[] => {
    if (typeof edge !== 'number') return []
    return [
      { what: excluded ? `is just within its ${what}` : `is its ${what}`, value: excluded ? edge + inward * step : edge, valid: true },
      { what: `is beyond its ${what}`, value: excluded ? edge : edge - inward * step, valid: false },
    ]
  })
}

function ofTexts({ minLength, maxLength }: Json): Bound[] {
  const bounds: Bound[] = []
  const put = (what: string, length: number, valid: boolean): void => {
    if (length >= 0 && length <= LONGEST) bounds.push({ what, value: 'x'.repeat(length), valid })
  }
  if (typeof minLength === 'number' && minLength > 0) {
    put('is as short as it may be', minLength, true)
    put('is too short', minLength - 1, false)
  }
  if (typeof maxLength === 'number') {
    put('is as long as it may be', maxLength, true)
    put('is too long', maxLength + 1, false)
  }
  return bounds
}

/** Members of an object's schema, those of its parts included. */
export function membersOf(document: Json, schema: unknown): { properties: Json; required: string[] } {
  const here = resolved(document, schema)
  const parts = (Array.isArray(here['allOf']) ? (here['allOf'] as unknown[]) : []).map((part) => resolved(document, part))
  const all = [here, ...parts]
  return {
    properties: Object.assign({}, ...all.map((part) => jsonOf(part['properties']))) as Json,
    required: all.flatMap((part) => (Array.isArray(part['required']) ? part['required'].filter((name) => typeof name === 'string') : [])),
  }
}
