/** As far as the description of the management API says what a body may hold. */
interface BodySchema {
  properties?: Record<string, BodySchema>
  items?: BodySchema
  anyOf?: BodySchema[]
  oneOf?: BodySchema[]
}

interface Description {
  paths: Record<string, Record<string, Operation>>
}

interface Operation {
  operationId: string
  requestBody?: { content: Record<string, { schema: BodySchema }> }
}

/** The schema of the body of each call that takes one, by the name of the call. */
export function bodiesOf({ paths }: Description): Map<string, BodySchema> {
  const bodies = new Map<string, BodySchema>()
  for (const operation of Object.values(paths).flatMap((methods) => Object.values(methods))) {
    const schema = operation.requestBody?.content['application/json']?.schema
    if (schema !== undefined) bodies.set(operation.operationId, schema)
  }
  return bodies
}

/** Every field that a body may hold and that holds no others: `quotas[].limit`, `cap.amount`, `scopes[]`. */
export function leavesOf(schema: BodySchema, path = ''): string[] {
  const { properties, items, anyOf, oneOf } = schema
  const branches = anyOf ?? oneOf
  if (branches !== undefined) return leavesOfBranches(branches, path)
  if (properties !== undefined) {
    return Object.entries(properties).flatMap(([name, child]) => leavesOf(child, path === '' ? name : `${path}.${name}`))
  }
  if (items !== undefined) return leavesOf(items, `${path}[]`)
  return path === '' ? [] : [path]
}

/** Null, beside something, is no field of its own. */
function leavesOfBranches(branches: BodySchema[], path: string): string[] {
  const leaves = new Set(branches.flatMap((branch) => leavesOf(branch, path)))
  const held = [...leaves].some((leaf) => leaf !== path)
  return [...leaves].filter((leaf) => leaf !== path || !held)
}
