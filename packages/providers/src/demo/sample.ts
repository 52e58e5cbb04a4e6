const MOST_DEPTH = 8

/** A value that fits a JSON Schema of a structured answer, as far as a demo has to: its text is `text`. */
export function sampleFor(schema: unknown, text: string, depth = 0): unknown {
  if (!isObject(schema) || depth > MOST_DEPTH) return null
  const { enum: choices, const: only, type, properties, items, anyOf } = schema
  if (only !== undefined) return only
  if (Array.isArray(choices)) return choices[0]
  if (Array.isArray(anyOf)) return sampleFor(anyOf[0], text, depth + 1)
  const kind: unknown = Array.isArray(type) ? type[0] : type
  if (kind === 'object' || isObject(properties))
    return Object.fromEntries(
      Object.entries(isObject(properties) ? properties : {}).map(([name, member]) => [name, sampleFor(member, text, depth + 1)]),
    )
  if (kind === 'array') return items === undefined ? [] : [sampleFor(items, text, depth + 1)]
  return PLAIN.get(kind) ?? (kind === 'string' ? text : null)
}

const PLAIN = new Map<unknown, unknown>([
  ['integer', 1],
  ['number', 1],
  ['boolean', true],
])

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
