import { isObject, type JsonObject } from '../json/object.ts'
import { camelOf, member } from './spelling.ts'

/** Members whose values are schemas, lists of schemas, or schemas by name. */
const ONE = new Set(['items', 'additionalProperties'])
const LIST = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems'])
const BY_NAME = new Set(['properties', '$defs', 'defs'])

/** Counts that Google's JSON writes as strings (int64). */
const COUNTS = new Set(['minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties'])

/**
 * A `Schema` of Gemini's (a subset of OpenAPI 3.0 with names of types in capitals) as JSON Schema: `nullable` becomes a type,
 * counts become numbers, and `propertyOrdering` the order of the properties themselves. Everything else stays, in its order.
 */
export function jsonSchemaOf(schema: JsonObject): JsonObject {
  const converted = Object.fromEntries(
    Object.entries(schema).flatMap(([name, value]) => {
      const camel = camelOf(name)
      if (value === null || camel === 'nullable' || camel === 'propertyOrdering') return []
      return [[camel === 'example' ? 'examples' : camel, convertedMember(camel, value)]]
    }),
  )
  if (schema['nullable'] === true) allowNull(converted)
  const order = member(schema, 'propertyOrdering')
  if (Array.isArray(order) && isObject(converted['properties'])) converted['properties'] = ordered(converted['properties'], order)
  return converted
}

function convertedMember(name: string, value: unknown): unknown {
  if (name === 'type' && typeof value === 'string') return value.toLowerCase()
  if (name === 'example') return [value]
  if (COUNTS.has(name)) return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  if (ONE.has(name)) return nested(value)
  if (LIST.has(name)) return Array.isArray(value) ? value.map(nested) : value
  if (BY_NAME.has(name) && isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, schema]) => [key, nested(schema)]))
  return value
}

function nested(value: unknown): unknown {
  return isObject(value) ? jsonSchemaOf(value) : value
}

function allowNull(schema: JsonObject): void {
  const { type, enum: values, anyOf } = schema
  if (typeof type === 'string' && type !== 'null') schema['type'] = [type, 'null']
  else if (Array.isArray(anyOf)) schema['anyOf'] = [...(anyOf as unknown[]), { type: 'null' }]
  if (Array.isArray(values)) schema['enum'] = [...(values as unknown[]), null]
}

function ordered(properties: JsonObject, order: unknown[]): JsonObject {
  const first = order.filter((name): name is string => typeof name === 'string' && Object.hasOwn(properties, name))
  const names = new Set([...first, ...Object.keys(properties)])
  return Object.fromEntries([...names].map((name) => [name, properties[name]]))
}
