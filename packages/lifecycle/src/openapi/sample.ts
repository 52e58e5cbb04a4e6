import { isJson, jsonOf, listOf, resolved, type Json } from './json.ts'

/** Deeper, a schema that contains itself ends: with nothing, or an empty list. */
const MOST_DEPTH = 6

/** What text of a format looks like. */
const FORMATS: Record<string, string> = {
  date: '2026-01-31',
  'date-time': '2026-01-31T12:00:00Z',
  time: '12:00:00Z',
  duration: 'PT1H',
  email: 'somebody@example.com',
  uri: 'https://example.com/',
  url: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  hostname: 'example.com',
  byte: 'AAAA',
}

/** A value that fits a schema: its own example where it has one. The same schema always has the same. */
export function sampleOf(document: Json, schema: unknown, depth = 0): unknown {
  const here = combined(document, resolved(document, schema), depth)
  const own = [here['example'], first(here['examples']), here['default'], here['const'], first(here['enum'])].find(
    (value) => value !== undefined,
  )
  if (own !== undefined) return own
  const [choice] = [...listOf(here['oneOf']), ...listOf(here['anyOf'])]
  if (choice !== undefined) return sampleOf(document, choice, depth + 1)
  return byType(document, here, depth)
}

function first(value: unknown): unknown {
  return Array.isArray(value) ? (value as unknown[])[0] : undefined
}

/** The parts that must all hold, as one schema. */
function combined(document: Json, schema: Json, depth: number): Json {
  const parts = depth > MOST_DEPTH ? [] : listOf(schema['allOf']).map((part) => combined(document, resolved(document, part), depth + 1))
  const all = [...parts, schema]
  return Object.assign({}, ...all, { properties: Object.assign({}, ...all.map((part) => jsonOf(part['properties']))) as Json }) as Json
}

function byType(document: Json, schema: Json, depth: number): unknown {
  switch (typeOf(schema)) {
    case 'object':
      return objectOf(document, schema, depth)
    case 'array':
      return depth > MOST_DEPTH || schema['items'] === undefined ? [] : [sampleOf(document, schema['items'], depth + 1)]
    case 'string':
      return textOf(schema)
    case 'integer':
    case 'number':
      return numberOf(schema)
    case 'boolean':
      return true
    default:
      return null
  }
}

function typeOf({ type, properties, items }: Json): string | undefined {
  const named = Array.isArray(type) ? (type as unknown[]).find((one) => one !== 'null') : type
  if (typeof named === 'string') return named
  if (Object.keys(jsonOf(properties)).length > 0) return 'object'
  return items === undefined ? undefined : 'array'
}

function objectOf(document: Json, schema: Json, depth: number): Json {
  const required: unknown[] = Array.isArray(schema['required']) ? schema['required'] : []
  const members = Object.entries(jsonOf(schema['properties'])).filter(([name]) => depth < MOST_DEPTH || required.includes(name))
  return depth > MOST_DEPTH ? {} : Object.fromEntries(members.map(([name, member]) => [name, sampleOf(document, member, depth + 1)]))
}

function textOf({ format, minLength, maxLength }: Json): string {
  const text = typeof format === 'string' ? (FORMATS[format] ?? 'text') : 'text'
  const longer = typeof minLength === 'number' ? text.padEnd(minLength, 'x') : text
  return typeof maxLength === 'number' ? longer.slice(0, maxLength) : longer
}

function numberOf({ minimum, exclusiveMinimum, maximum, multipleOf }: Json): number {
  const above = typeof exclusiveMinimum === 'number' ? exclusiveMinimum + 1 : 0
  const least = typeof minimum === 'number' ? minimum : above
  const value = typeof multipleOf === 'number' ? Math.ceil(least / multipleOf) * multipleOf : least
  return typeof maximum === 'number' ? Math.min(value, maximum) : value
}

/** Whether a media type is JSON, by its name. */
export function isJsonType(type: string): boolean {
  return /^application\/([a-z0-9.+-]+\+)?json\b/i.test(type)
}

/** The first example of a media type or parameter, else one that is made from its schema. */
export function exampleOf(document: Json, media: Json, named?: string): unknown {
  const examples = jsonOf(media['examples'])
  const chosen = named === undefined ? Object.values(examples)[0] : examples[named]
  if (chosen !== undefined) return resolved(document, chosen)['value']
  return isJson(media) && media['example'] !== undefined ? media['example'] : sampleOf(document, media['schema'])
}
