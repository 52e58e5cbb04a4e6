import { z } from 'zod'
import { configurationSchema } from './schema.ts'
import type { Path } from './finding.ts'

/** The part of JSON Schema (2020-12) that {@link configurationSchema} turns into. */
export interface SchemaNode {
  type?: string | string[]
  description?: string
  default?: unknown
  properties?: Record<string, SchemaNode>
  additionalProperties?: boolean | SchemaNode
  items?: SchemaNode
  required?: string[]
  enum?: string[]
  pattern?: string
  format?: string
  minimum?: number
  maximum?: number
  unquoted?: boolean
}

let cached: SchemaNode | undefined

/** The JSON Schema of the configuration file, for editors; docs/reference/configuration.schema.json is this. */
export function configurationJsonSchema(): SchemaNode {
  cached ??= z.toJSONSchema(configurationSchema, {
    io: 'input',
    override: ({ jsonSchema }) => {
      if (jsonSchema['unquoted'] === true) Object.assign(jsonSchema, { type: ['string', 'number'] })
      if (jsonSchema['format'] === 'uri') delete jsonSchema['format']
    },
  }) as SchemaNode
  return cached
}

/** The schema of the member at a path; `undefined` where the schema knows none. */
export function schemaAt(path: Path): SchemaNode | undefined {
  let node: SchemaNode | undefined = configurationJsonSchema()
  for (const part of path) {
    if (node === undefined) return undefined
    if (typeof part === 'number') node = node.items
    else node = node.properties?.[part] ?? (typeof node.additionalProperties === 'object' ? node.additionalProperties : undefined)
  }
  return node
}

/** Whether a schema takes text (a number written there unquoted is read from its source). */
export function takesText(node: SchemaNode | undefined): boolean {
  return node?.type === 'string' || (Array.isArray(node?.type) && node.type.includes('string'))
}

/** One setting: a member of the schema that holds a value rather than members. */
export interface Setting {
  path: string[]
  node: SchemaNode
}

/** Every setting outside lists and maps, in the order of the schema: what environment variables can set. */
export function scalarSettings(node: SchemaNode = configurationJsonSchema(), path: string[] = []): Setting[] {
  return Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
    if (child.properties !== undefined) return scalarSettings(child, [...path, key])
    const listOfText = child.type === 'array' && child.items?.type === 'string'
    const scalar = child.type !== 'array' && child.type !== 'object'
    return scalar || listOfText ? [{ path: [...path, key], node: child }] : []
  })
}
