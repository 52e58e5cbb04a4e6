import { DEFAULT_DISCLOSURE } from '@faregate/core'
import { everyItem } from '../../lookup.ts'
import type { Kind, Reading, Shown } from '../kind.ts'
import { regular } from '../regular.ts'
import type { Members } from '../shape.ts'

/** What an organization is where its file says nothing. */
const AT_FIRST = { zone: 'UTC', priceFactor: '1', disclosure: DEFAULT_DISCLOSURE, billing: { mode: 'prepaid' } }

async function all({ client }: Reading) {
  return everyItem((cursor) => client.listOrganizations({ query: { limit: 500, ...cursor } }))
}

export const organizations: Kind = regular({
  name: 'organizations',
  noun: 'organization',
  routes: { create: 'createOrganization', update: 'updateOrganization' },
  // How far below zero it may go is money, and none of it is in files.
  named: { members: ['name', 'overdraft'], of: (name) => ({ name }) },
  parameter: 'id',
  stays: ['currency'],
  fixed: ['currency'],
  normal: (value) => withoutDefaults(value, AT_FIRST),
  resets: AT_FIRST,
  read: async (reading) =>
    (await all(reading)).filter(({ name }) => !reading.names.doubtful.includes(name)).map((one) => ({ ...one, value: one })),
})

function withoutDefaults(value: Members, defaults: Members): Members {
  return Object.fromEntries(Object.entries(value).filter(([name, member]) => JSON.stringify(member) !== JSON.stringify(defaults[name])))
}

const byName = { members: ['name'], of: (name: string) => ({ name }) }

export const teams: Kind = regular({
  name: 'teams',
  noun: 'team',
  within: 'organizations',
  routes: { create: 'createTeam', update: 'updateTeam', remove: 'deleteTeam' },
  named: byName,
  parameter: 'id',
  read: async ({ client, names }) =>
    (await everyItem((cursor) => client.listTeams({ query: { limit: 500, ...cursor } }))).map((one) => ({
      ...one,
      within: names.nameOf(one.organization),
      value: one,
    })),
})

export const roles: Kind = regular({
  name: 'roles',
  noun: 'role',
  within: 'organizations',
  routes: { create: 'createRole', update: 'updateRole', remove: 'deleteRole' },
  named: byName,
  parameter: 'id',
  normal: ({ permissions, ...members }) => ({ ...members, permissions: sorted(permissions) }),
  read: async (reading) => {
    const known = await all(reading)
    const lists = await Promise.all(known.map(({ id }) => reading.client.listRoles({ params: { id } })))
    return lists.flatMap(({ data }) =>
      data.flatMap((one): Shown[] =>
        one.organization === null ? [] : [{ ...one, within: reading.names.nameOf(one.organization), value: one }],
      ),
    )
  },
})

/** Lists in which the order says nothing. */
export function sorted(list: unknown): unknown {
  return Array.isArray(list) ? [...new Set(list as string[])].toSorted() : list
}
