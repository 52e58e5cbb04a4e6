import { isObject, type JsonObject } from '../json/object.ts'

/**
 * What constrained output cannot enforce (guide "Structured outputs", "JSON Schema limitations"): it is said in the
 * description instead, as the vendor's own SDKs do.
 */
const UNENFORCED = new Set([
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
])

const FORMATS = new Set(['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'uri', 'ipv4', 'ipv6', 'uuid'])

/** Members whose values are schemas: one, a list, or by name. */
const NESTED = new Set(['items', 'anyOf', 'allOf', 'oneOf', 'prefixItems', 'not', 'if', 'then', 'else'])
const NAMED = new Set(['properties', '$defs', 'definitions'])

const CLOSED = 'additionalProperties'

export interface ClosedSchema {
  schema: JsonObject
  /** What the vendor does not enforce, each name once. */
  unenforced: string[]
}

/**
 * A schema as constrained output takes it: objects are closed, of several forms any one, the rest as it was and in its
 * order.
 */
export function closedSchema(schema: JsonObject): ClosedSchema {
  const unenforced = new Set<string>()
  return { schema: closed(schema, unenforced), unenforced: [...unenforced] }
}

function closed(schema: JsonObject, unenforced: Set<string>): JsonObject {
  const result: JsonObject = {}
  const said: string[] = []
  for (const [name, value] of Object.entries(schema)) {
    if (isEnforced(name, value)) {
      result[name === 'oneOf' ? 'anyOf' : name] = nested(name, value, unenforced)
      continue
    }
    unenforced.add(name)
    if (name === CLOSED) result[CLOSED] = false
    else said.push(`${name}: ${JSON.stringify(value)}`)
  }
  if (isObjectSchema(schema) && schema[CLOSED] === undefined) {
    // An object that names no members is meant to be open.
    if (schema['properties'] === undefined) unenforced.add(CLOSED)
    result[CLOSED] = false
  }
  if (said.length > 0) {
    const { description } = schema
    result['description'] = `${typeof description === 'string' ? `${description} ` : ''}(${said.join(', ')})`
  }
  return result
}

function nested(name: string, value: unknown, unenforced: Set<string>): unknown {
  const inner = (item: unknown): unknown => (isObject(item) ? closed(item, unenforced) : item)
  if (NESTED.has(name)) return Array.isArray(value) ? value.map(inner) : inner(value)
  if (!NAMED.has(name) || !isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inner(item)]))
}

function isEnforced(name: string, value: unknown): boolean {
  if (name === 'format') return typeof value === 'string' && FORMATS.has(value)
  if (name === 'minItems') return value === 0 || value === 1
  if (name === CLOSED) return value === false
  return !UNENFORCED.has(name)
}

function isObjectSchema({ type, properties }: JsonObject): boolean {
  return properties !== undefined || type === 'object' || (Array.isArray(type) && type.includes('object'))
}
