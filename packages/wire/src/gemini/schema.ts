import { isObject, type JsonObject } from '../json/object.ts'

/** Members whose values are schemas, lists of schemas, or schemas by name. */
const ONE = new Set(['items', 'additionalProperties'])
const LIST = new Set(['anyOf', 'any_of', 'oneOf', 'allOf', 'prefixItems', 'prefix_items'])
const BY_NAME = new Set(['properties', '$defs', 'defs'])

/** Counts that Google's JSON writes as strings (int64). */
const COUNTS = new Set(['minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties'])

const CAMEL: Record<string, string> = {
  any_of: 'anyOf',
  prefix_items: 'prefixItems',
  min_items: 'minItems',
  max_items: 'maxItems',
  min_length: 'minLength',
  max_length: 'maxLength',
  min_properties: 'minProperties',
  max_properties: 'maxProperties',
  property_ordering: 'propertyOrdering',
  additional_properties: 'additionalProperties',
}

/**
 * A `Schema` of Gemini's (a subset of OpenAPI 3.0 with names of types in capitals) as JSON Schema: `nullable` becomes a type,
 * counts become numbers, and `propertyOrdering` the order of the properties themselves. Everything else stays, in its order.
 */
export function jsonSchemaOf(schema: JsonObject): JsonObject {
  const converted: JsonObject = {}
  for (const [name, value] of Object.entries(schema)) {
    const camel = CAMEL[name] ?? name
    if (value === null || camel === 'nullable' || camel === 'propertyOrdering') continue
    converted[camel === 'example' ? 'examples' : camel] = convertedMember(camel, value)
  }
  if (schema['nullable'] === true) allowNull(converted)
  const order = schema['propertyOrdering'] ?? schema['property_ordering']
  if (Array.isArray(order) && isObject(converted['properties'])) converted['properties'] = ordered(converted['properties'], order)
  return converted
}

function convertedMember(name: string, value: unknown): unknown {
  if (name === 'type' && typeof value === 'string') return value.toLowerCase()
  if (name === 'example') return [value]
  if (COUNTS.has(name)) return typeof value === 'string' ? Number(value) : value
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
