import type { JsonObject } from '../types.ts'

/** A value that a schema takes, the same each time: what a model that obeys would give. */
export function sample(schema: unknown, root: unknown = schema, depth = 0): unknown {
  if (typeof schema !== 'object' || schema === null || depth > 8) return 'value'
  const rules = schema as JsonObject
  if (typeof rules['$ref'] === 'string') return sample(resolve(root, rules['$ref']), root, depth + 1)
  if ('const' in rules) return rules['const']
  if (Array.isArray(rules['enum']) && rules['enum'].length > 0) return rules['enum'][0]
  for (const keyword of ['anyOf', 'oneOf', 'allOf']) {
    const parts = rules[keyword]
    if (Array.isArray(parts)) return sample(parts[0], root, depth + 1)
  }
  const type: unknown = Array.isArray(rules['type']) ? rules['type'][0] : rules['type']
  const name = typeof type === 'string' ? type.toLowerCase() : 'properties' in rules ? 'object' : 'string'
  return BY_TYPE[name]?.(rules, root, depth) ?? 'value'
}

type Sampler = (rules: JsonObject, root: unknown, depth: number) => unknown

const BY_TYPE: Record<string, Sampler> = {
  object: (rules, root, depth) =>
    Object.fromEntries(
      Object.entries((rules['properties'] ?? {}) as JsonObject).map(([name, part]) => [name, sample(part, root, depth + 1)]),
    ),
  array: (rules, root, depth) => [sample(rules['items'], root, depth + 1)],
  integer: (rules) => (typeof rules['minimum'] === 'number' ? rules['minimum'] : 7),
  number: (rules) => (typeof rules['minimum'] === 'number' ? rules['minimum'] : 1.5),
  boolean: () => true,
  null: () => null,
  string: (rules) => (rules['format'] === 'date-time' ? '2026-01-02T03:04:05Z' : 'value'),
}

function resolve(root: unknown, reference: string): unknown {
  return reference
    .replace(/^#\/?/, '')
    .split('/')
    .filter((name) => name !== '')
    .reduce<unknown>((found, name) => (found as JsonObject | undefined)?.[name], root)
}
