import { z } from 'zod'
import { KINDS } from './kinds/index.ts'
import type { Kind } from './kind.ts'

const TITLES: Record<string, string> = {
  settings: 'What can change at run time.',
  organizations: 'Organizations by name, each with its roles, teams and webhooks.',
  roles: 'Roles of the organization by name.',
  teams: 'Teams of the organization by name.',
  providers: 'Accounts at model vendors by name.',
  prices: 'Prices of what providers call models, by `provider/model`.',
  models: 'Models that callers can name.',
  plans: 'Plans by name.',
  apis: 'Published APIs by name.',
  webhooks: 'Webhooks by URL.',
}

/** Kinds that stand within organizations. */
export const INNER: readonly string[] = ['roles', 'teams', 'webhooks']

/** What any file of the folder may hold: its members are made of the schemas of the management API. */
export const folderSchema = z
  .strictObject(
    Object.fromEntries(
      KINDS.filter((kind) => kind.within === undefined).map((kind) => [kind.name, described(kind, collectionOf(kind)).optional()]),
    ),
  )
  .describe('A file of the folder that `faregate export DIR` writes and `faregate apply DIR` reads.')

function collectionOf(kind: Kind): z.ZodType {
  if (kind.name === 'settings') return kind.schema
  return z.record(z.string().min(1).max(2000), kind.name === 'organizations' ? organizationWith(kind) : kind.schema)
}

/** What is within organizations stands in their files, and so do webhooks that are told of one alone. */
function organizationWith(organization: Kind): z.ZodObject {
  const inner = KINDS.filter(({ name }) => INNER.includes(name))
  const members = inner.map((kind) => [kind.name, described(kind, z.record(z.string().min(1).max(2000), kind.schema)).optional()])
  return z.strictObject({ ...organization.schema.shape, ...Object.fromEntries(members) })
}

function described({ name }: Kind, schema: z.ZodType): z.ZodType {
  return schema.describe(TITLES[name] ?? name)
}

/** The JSON Schema of the files, for editors: docs/reference/files.schema.json is this. */
export function folderJsonSchema(): object {
  return z.toJSONSchema(folderSchema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      // Digits stand for text there, with or without quotes.
      if (jsonSchema.format === 'decimal') Object.assign(jsonSchema, { type: ['string', 'number'] })
      if (jsonSchema.format === 'uri') delete jsonSchema.format
    },
  })
}
