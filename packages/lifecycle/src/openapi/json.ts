import type { Path } from './finding.ts'

/** An object of JSON. */
export type Json = Record<string, unknown>

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value as an object; an empty one where it is none. */
export function jsonOf(value: unknown): Json {
  return isJson(value) ? value : {}
}

/** The objects of a list; none where it is no list. */
export function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isJson) : []
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** What a reference within a document points to: `#/components/schemas/City`; undefined: nothing is there. */
export function pointed(root: unknown, reference: string): unknown {
  const path = pathOf(reference)
  return path?.reduce<unknown>((value, part) => step(value, part), root)
}

/** The path of a reference within the document; undefined where it is none. */
export function pathOf(reference: string): Path | undefined {
  if (reference === '#') return []
  if (!reference.startsWith('#/')) return undefined
  return reference
    .slice(2)
    .split('/')
    .map((part) => decoded(part).replaceAll('~1', '/').replaceAll('~0', '~'))
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function step(value: unknown, part: string | number): unknown {
  if (Array.isArray(value)) return value[Number(part)]
  return isJson(value) && Object.hasOwn(value, part) ? value[part] : undefined
}

/** So many references in a row are followed; who checks a document has refused circles of them. */
const MOST_STEPS = 50

/** What is there in the end, where references point to references; an empty object where nothing is. */
export function resolved(root: unknown, value: unknown): Json {
  let current = value
  for (let steps = 0; steps < MOST_STEPS && isJson(current) && typeof current['$ref'] === 'string'; steps++) {
    current = pointed(root, current['$ref'])
  }
  return jsonOf(current)
}
