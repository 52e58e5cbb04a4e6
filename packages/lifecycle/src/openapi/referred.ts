import { isJson, jsonOf, listOf, pathOf, type Json } from './json.ts'

/** The components that something in the rest of a document refers to, and what those refer to in turn. */
export function referredComponents({ components, ...rest }: Json): Json {
  const all = jsonOf(components)
  const schemas = jsonOf(all['schemas'])
  const found = new Set<string>()
  const open: unknown[] = [rest]
  const reach = (kind: string, name: string): void => {
    const [key, component] = [`${kind}/${name}`, jsonOf(all[kind])[name]]
    if (found.has(key) || component === undefined) return
    found.add(key)
    open.push(component)
    if (kind === 'schemas' && jsonOf(component)['discriminator'] !== undefined) heirsOf(schemas, name).forEach((heir) => reach(kind, heir))
  }
  while (open.length > 0) {
    for (const [kind, name] of referencesIn(open.pop(), schemas)) reach(kind, name)
  }
  const kept = Object.entries(all).flatMap(([kind, named]): [string, Json][] => {
    const members = Object.entries(jsonOf(named)).filter(([name]) => found.has(`${kind}/${name}`))
    return members.length === 0 ? [] : [[kind, Object.fromEntries(members)]]
  })
  return Object.fromEntries(kept)
}

/** What a schema with a discriminator stands for need not be named by it: they name it themselves. */
function heirsOf(schemas: Json, base: string): string[] {
  return Object.entries(schemas).flatMap(([name, schema]) => {
    const bases = listOf(jsonOf(schema)['allOf']).map(({ $ref }) => componentOf($ref)?.[1])
    return bases.includes(base) ? [name] : []
  })
}

function referencesIn(root: unknown, schemas: Json): [kind: string, name: string][] {
  const found: [string, string][] = []
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(walk)
    if (!isJson(value)) return
    for (const [name, member] of Object.entries(value)) {
      const referred = name === '$ref' || name === '$dynamicRef' ? componentOf(member) : undefined
      if (referred !== undefined) found.push(referred)
      if (name === 'mapping') for (const to of Object.values(jsonOf(member))) found.push(...mapped(to, schemas))
      walk(member)
    }
  }
  walk(root)
  return found
}

/** A discriminator names schemas by a reference, or by their names. */
function mapped(to: unknown, schemas: Json): [string, string][] {
  if (typeof to === 'string' && Object.hasOwn(schemas, to)) return [['schemas', to]]
  const referred = componentOf(to)
  return referred === undefined ? [] : [referred]
}

/** `#/components/schemas/City`, and whatever is within it. */
function componentOf(reference: unknown): [kind: string, name: string] | undefined {
  const [root, kind, name] = (typeof reference === 'string' ? pathOf(reference) : undefined) ?? []
  return root === 'components' && typeof kind === 'string' && typeof name === 'string' ? [kind, name] : undefined
}
