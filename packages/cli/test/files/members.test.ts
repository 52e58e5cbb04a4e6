import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ROUTES } from '@faregate/contract'
import type { z } from 'zod'
import { KINDS } from '../../src/files/kinds/index.ts'
import type { KindName } from '../../src/files/kind.ts'
import { isSecret, membersOf, schemaAt } from '../../src/files/shape.ts'

/** How the gateway shows one of a kind, and what of that is no configuration: names, times, and what follows from the rest. */
const SHOWN: Record<Exclude<KindName, 'settings'>, { schema: z.ZodType; apart: string[] }> = {
  organizations: { schema: ROUTES.getOrganization.response, apart: ['id', 'name', 'createdAt', 'suspended'] },
  roles: { schema: ROUTES.listRoles.response.shape.data.element, apart: ['id', 'name', 'organization', 'createdAt'] },
  teams: { schema: ROUTES.getTeam.response, apart: ['id', 'name', 'organization', 'createdAt'] },
  providers: {
    schema: ROUTES.getProvider.response,
    apart: ['name', 'keyless', 'keys.id', 'state', 'lastError', 'lastErrorAt', 'managedBy'],
  },
  prices: { schema: ROUTES.getPrice.response, apart: ['name', 'provider', 'model', 'version', 'managedBy'] },
  models: { schema: ROUTES.getModel.response, apart: ['name', 'retirement.at', 'managedBy'] },
  plans: { schema: ROUTES.getPlan.response.shape.data.element, apart: ['name', 'version', 'createdAt'] },
  apis: {
    schema: ROUTES.getApi.response,
    // A canary tries a release by its number: as that number, it is of one installation.
    apart: ['name', 'kind', 'url', 'release', 'canary', 'documentId', 'retirement.at', 'managedBy'],
  },
  webhooks: { schema: ROUTES.getWebhook.response, apart: ['id', 'url', 'organization', 'createdAt'] },
}

/** Members that are sent and shown nowhere among the others: the folder gets them elsewhere. */
const UNSHOWN: Partial<Record<KindName, string[]>> = { providers: ['apiKey'], apis: ['alerts'] }

/** Every member of a schema that is an object, or a list of objects, by its path. */
function paths(schema: z.core.$ZodType, before = ''): string[] {
  const members = { ...membersOf(schemaAt(schema, [0]) ?? schema), ...membersOf(schema) }
  return Object.entries(members).flatMap(([name, member]) => [before + name, ...paths(member, `${before}${name}.`)])
}

function without(all: string[], some: string[]): string[] {
  return all.filter((path) => !some.some((one) => path === one || path.startsWith(`${one}.`)))
}

describe('the folder holds every member of what it holds', () => {
  for (const kind of KINDS.filter(({ name }) => name !== 'settings')) {
    const { schema, apart } = SHOWN[kind.name as keyof typeof SHOWN]
    const [shown, held] = [paths(schema), paths(kind.schema)]

    test(`${kind.name}: what is shown is in the folder, or is no configuration`, () => {
      const ends = shown.filter((path) => path.endsWith('lastFour'))
      assert.deepEqual(without(shown, [...apart, ...ends, ...held]), [])
    })

    test(`${kind.name}: what is sent is shown, or a secret of which the end is`, () => {
      const secrets = held.filter((path) =>
        isSecret(
          schemaAt(
            kind.schema,
            path.split('.').flatMap((part) => (part === 'keys' ? [part, 0] : [part])),
          ),
        ),
      )
      assert.deepEqual(without(held, [...shown, ...secrets, ...(UNSHOWN[kind.name] ?? [])]), [])
    })
  }
})
