import { isJson, jsonOf, listOf, resolved, type Json } from './json.ts'

/** Deeper, a schema that contains itself ends: with nothing, or an empty list. */
const MOST_DEPTH = 6

/** Where a value is required down there, its choices are followed further; those that never lead to anything end as well. */
const MOST_CHOICES = 12

/** What one sample may take: schemas that are looked at, their parts and members, characters of names and texts. */
const MOST_EFFORT = 50_000

/** No text is made longer, whatever a schema asks for. */
const LONGEST_TEXT = 1_000

/** What text of a format looks like. */
const FORMATS = new Map([
  ['date', '2026-01-31'],
  ['date-time', '2026-01-31T12:00:00Z'],
  ['time', '12:00:00Z'],
  ['duration', 'PT1H'],
  ['email', 'somebody@example.com'],
  ['uri', 'https://example.com/'],
  ['url', 'https://example.com/'],
  ['uuid', '00000000-0000-4000-8000-000000000000'],
  ['ipv4', '192.0.2.1'],
  ['ipv6', '2001:db8::1'],
  ['hostname', 'example.com'],
  ['byte', 'AAAA'],
])

/**
 * A value that fits a schema: its own example where it has one. The same schema always has the same. It is as deep as it can be
 * without being too large: schemas are others' words, and samples are made while callers wait.
 */
export function sampleOf(document: Json, schema: unknown): unknown {
  let best: unknown
  for (let depth = 0; depth <= MOST_DEPTH; depth++) {
    const sampling = new Sampling(document, depth)
    const sample = sampling.of(schema)
    if (depth > 0 && !sampling.whole) return best
    best = sample
  }
  return best
}

/** The making of one sample, so deep and no deeper. What exceeds its effort is left out. */
class Sampling {
  readonly #document: Json
  readonly #deepest: number
  #left = MOST_EFFORT

  constructor(document: Json, deepest: number) {
    this.#document = document
    this.#deepest = deepest
  }

  /** Whether nothing was left out for what it would have taken. */
  get whole(): boolean {
    return this.#left >= 0
  }

  of(schema: unknown, depth = 0): unknown {
    if (!this.#takes(1)) return null
    const here = this.#combined(resolved(this.#document, schema), depth)
    const own = [here['example'], first(here['examples']), here['default'], here['const'], first(here['enum'])].find(
      (value) => value !== undefined,
    )
    if (own !== undefined) return this.#given(own, depth)
    const choice = listOf(here['oneOf'])[0] ?? listOf(here['anyOf'])[0]
    if (choice !== undefined) return depth > MOST_CHOICES ? null : this.of(choice, depth + 1)
    return this.#byType(here, depth)
  }

  #takes(effort: number): boolean {
    this.#left -= effort
    return this.whole
  }

  /** What somebody wrote down is whole or not there; the whole sample may be as long as it was written. */
  #given(own: unknown, depth: number): unknown {
    if (depth > 0) this.#takes(JSON.stringify(own).length)
    return own
  }

  /** The parts that must all hold, as one schema. */
  #combined(schema: Json, depth: number): Json {
    const merged: Json = {}
    const properties: Json = {}
    if (!this.#takes(Object.keys(jsonOf(schema['properties'])).length)) return schema
    const parts = depth > this.#deepest ? [] : listOf(schema['allOf']).filter(() => this.#takes(1))
    for (const part of [...parts.map((one) => this.#combined(resolved(this.#document, one), depth + 1)), schema]) {
      Object.assign(merged, part)
      Object.assign(properties, jsonOf(part['properties']))
    }
    return { ...merged, properties }
  }

  #byType(schema: Json, depth: number): unknown {
    switch (typeOf(schema)) {
      case 'object':
        return this.#objectOf(schema, depth)
      case 'array':
        return depth > this.#deepest || schema['items'] === undefined ? [] : [this.of(schema['items'], depth + 1)]
      case 'string':
        return this.#textOf(schema)
      case 'integer':
      case 'number':
        return numberOf(schema)
      case 'boolean':
        return true
      default:
        return null
    }
  }

  #objectOf(schema: Json, depth: number): Json {
    if (depth > this.#deepest) return {}
    const required = new Set<unknown>(Array.isArray(schema['required']) ? schema['required'] : [])
    const members = Object.entries(jsonOf(schema['properties'])).filter(
      ([name]) => (depth < this.#deepest || required.has(name)) && this.#takes(name.length),
    )
    return Object.fromEntries(members.map(([name, member]) => [name, this.of(member, depth + 1)]))
  }

  #textOf({ format, minLength, maxLength }: Json): string {
    const text = (typeof format === 'string' ? FORMATS.get(format) : undefined) ?? 'text'
    const longer = typeof minLength === 'number' ? text.padEnd(Math.min(minLength, LONGEST_TEXT), 'x') : text
    this.#takes(longer.length)
    return typeof maxLength === 'number' ? longer.slice(0, maxLength) : longer
  }
}

function first(value: unknown): unknown {
  return Array.isArray(value) ? (value as unknown[])[0] : undefined
}

function typeOf({ type, properties, items }: Json): string | undefined {
  const named = Array.isArray(type) ? (type as unknown[]).find((one) => one !== 'null') : type
  if (typeof named === 'string') return named
  if (Object.keys(jsonOf(properties)).length > 0) return 'object'
  return items === undefined ? undefined : 'array'
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

/** The example of a media type that has this name, else its first one, else one that is made from its schema. */
export function exampleOf(document: Json, media: Json, named?: string): unknown {
  const examples = jsonOf(media['examples'])
  const chosen = named === undefined ? Object.values(examples)[0] : examples[named]
  if (chosen !== undefined) return resolved(document, chosen)['value']
  return isJson(media) && media['example'] !== undefined ? media['example'] : sampleOf(document, media['schema'])
}
