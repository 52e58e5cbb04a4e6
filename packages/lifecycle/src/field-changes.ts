import { isDeepStrictEqual } from 'node:util'

/** One member in which two definitions differ; null: it was not there, or is not any more. */
export interface FieldChange {
  /** `upstream.baseUrl`, `routes.GET /forecast/{city}.price` */
  field: string
  before: unknown
  after: unknown
}

/** In what two definitions differ, member by member; routes by their method and path, wherever they stand. */
export function fieldChanges(before: object | undefined, after: object | undefined): FieldChange[] {
  const [was, is] = [flattened(before), flattened(after)]
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((field) => {
    const [old, now] = [was.get(field) ?? null, is.get(field) ?? null]
    return isDeepStrictEqual(old, now) ? [] : [{ field, before: old, after: now }]
  })
}

/** Every member that is no object by its dotted path. */
function flattened(value: object | undefined, prefix = '', into = new Map<string, unknown>()): Map<string, unknown> {
  for (const [name, member] of Object.entries(value ?? {})) {
    const field = prefix === '' ? name : `${prefix}.${name}`
    // Further in anything may be called so: a schema of what a prompt answers is whatever its publisher wrote.
    if (prefix === '' && name === 'routes' && Array.isArray(member)) flattened(byName(member as NamedRoute[]), field, into)
    else if (typeof member === 'object' && member !== null && !Array.isArray(member)) flattened(member as object, field, into)
    else into.set(field, member)
  }
  return into
}

interface NamedRoute {
  method: string
  path: string
}

function byName(routes: NamedRoute[]): Record<string, object> {
  return Object.fromEntries(routes.map(({ method, path, ...members }) => [`${method} ${path}`, { served: true, ...members }]))
}
