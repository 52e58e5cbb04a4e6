import type { OutputFormat } from '../canonical/conversation.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { present } from '../json/present.ts'
import { BOOLEAN, OBJECT, STRING, type Checks } from '../input/checks.ts'

const NEUTRAL = new Set<unknown>(['text', 'json_object', 'json_schema'])

/** A schema must have a name; what callers of dialects without one get. */
const UNNAMED = 'response'

/** Whether a `response_format` has a neutral form; a grammar has none. One without a known type is a fault, not a format. */
export function isNeutralOutput(format: unknown): boolean {
  return !isObject(format) || typeof format['type'] !== 'string' || NEUTRAL.has(format['type'])
}

/** Reads `response_format`. The keys of a schema keep their order. */
export function decodeOutput(value: unknown, checks: Checks): OutputFormat | undefined {
  const format = checks.optional(value, '/response_format', { ...OBJECT, expected: 'an object, such as {"type": "json_object"}' })
  if (format === undefined) return undefined
  const type = checks.required(format['type'], '/response_format/type', STRING)
  if (type === 'text') return { kind: 'text' }
  if (type === 'json_object') return { kind: 'json' }
  if (type !== 'json_schema') return undefined
  const at = '/response_format/json_schema'
  const described = checks.required(format['json_schema'], at, { ...OBJECT, expected: 'an object with `name` and `schema`' }) ?? {}
  return {
    kind: 'schema',
    schema: checks.optional(described['schema'], `${at}/schema`, OBJECT) ?? {},
    ...present({
      name: checks.optional(described['name'], `${at}/name`, STRING),
      description: checks.optional(described['description'], `${at}/description`, STRING),
      strict: checks.optional(described['strict'], `${at}/strict`, BOOLEAN),
    }),
  }
}

/** Writes `response_format` (M8). */
export function encodeOutput(output: OutputFormat): JsonObject {
  if (output.kind === 'text') return { type: 'text' }
  if (output.kind === 'json') return { type: 'json_object' }
  const { name = UNNAMED, description, schema, strict } = output
  return { type: 'json_schema', json_schema: present({ name, description, schema, strict }) }
}
