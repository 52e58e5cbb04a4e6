import { isObject } from '../json/object.ts'

/**
 * Whether vendors can hold a model to a schema to the letter: each of its objects requires all of its members and allows no others.
 * They refuse other schemas where that is asked for.
 */
export function canBeStrict(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(canBeStrict)
  if (!isObject(schema)) return true
  const { properties, required, additionalProperties } = schema
  if (schema['type'] !== 'object' && properties === undefined) return Object.values(schema).every(canBeStrict)
  if (additionalProperties !== false || !isObject(properties)) return false
  const names = Array.isArray(required) ? (required as unknown[]) : []
  return Object.entries(properties).every(([name, member]) => names.includes(name) && canBeStrict(member))
}
