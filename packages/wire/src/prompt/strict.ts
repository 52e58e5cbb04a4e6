import { isObject } from '../json/object.ts'

/** Says of a schema nothing that vendors could refuse. */
const SIMPLE: ReadonlySet<string> = new Set(
  (
    'type title description enum const $ref required additionalProperties ' +
    'pattern minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minItems maxItems'
  ).split(' '),
)

/** Their members are schemas. */
const NAMED: ReadonlySet<string> = new Set(['properties', '$defs', 'definitions'])

/**
 * Whether vendors can hold a model to a schema to the letter: it is an object, each of its objects requires all of its members and
 * allows no others, and it says nothing that they do not know. They refuse other schemas where that is asked for (OpenAI's
 * "Structured Outputs").
 */
export function canBeStrict(schema: unknown): boolean {
  return isObject(schema) && schema['type'] === 'object' && schema['anyOf'] === undefined && isExact(schema)
}

function isExact(schema: unknown): boolean {
  if (!isObject(schema)) return false
  if ((schema['type'] === 'object' || schema['properties'] !== undefined) && !isClosed(schema)) return false
  return Object.entries(schema).every(([keyword, value]) => {
    if (SIMPLE.has(keyword)) return true
    if (NAMED.has(keyword)) return isObject(value) && Object.values(value).every(isExact)
    if (keyword === 'items') return isExact(value)
    return keyword === 'anyOf' && Array.isArray(value) && value.every(isExact)
  })
}

/** Requires all of its members, and allows no others. */
function isClosed({ properties, required, additionalProperties }: Record<string, unknown>): boolean {
  const names = Array.isArray(required) ? (required as unknown[]) : []
  return additionalProperties === false && isObject(properties) && Object.keys(properties).every((name) => names.includes(name))
}
