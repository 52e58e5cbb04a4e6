import { capLevel, formatAmount, type CapLevel, type Fix } from '@faregate/core'
import type { KeyEntry } from '@faregate/identity'
import type { Shortfall } from '@faregate/ledger'
import { cappedMember, type CapRef } from './caps.ts'
import { mayMend } from './mend.ts'

/** Where a cap is set, and what changing it needs; the new cap is added to the command. */
interface Place {
  path: string
  command: string
  permission: string
}

const PLACES: Record<CapLevel, (key: KeyEntry) => Place> = {
  key: ({ id }) => ({ path: `/api/keys/${id}`, command: `faregate key update ${id} --cap`, permission: 'keys:write' }),
  user: (key) => placeOfMember(key) ?? placeOfOrganization(key, '--user-cap'),
  team: ({ team }) => placeOfTeam(team?.id ?? ''),
  org: (key) => placeOfOrganization(key, '--cap'),
}

function placeOfMember(key: KeyEntry): Place | undefined {
  const id = cappedMember(key)?.id
  if (id === undefined) return undefined
  return { path: `/api/members/${id}`, command: `faregate member update ${id} --cap`, permission: 'members:write' }
}

function placeOfTeam(id: string): Place {
  return { path: `/api/teams/${id}`, command: `faregate team update ${id} --cap`, permission: 'teams:write' }
}

function placeOfOrganization({ organization: { id } }: KeyEntry, flag: string): Place {
  return { path: `/api/organizations/${id}`, command: `faregate org update ${id} ${flag}`, permission: 'organizations:write' }
}

/** The fix that raises a cap as far as this request needs it: what is spent and held stays counted under a higher limit. */
export function raiseCap(key: KeyEntry, { base, limit, period }: CapRef, { required, available }: Shortfall): Fix {
  const { path, command, permission } = PLACES[capLevel(base)](key)
  const missing = required - available
  return {
    kind: 'change_policy',
    action: 'raise_cap',
    by: 'org_admin',
    canYou: mayMend(key, permission),
    byAtLeast: formatAmount(missing),
    method: 'PATCH',
    path,
    command: `${command} ${formatAmount(limit + missing)}/${period}`,
  }
}
