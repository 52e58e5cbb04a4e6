import { capLevel, type Fix, formatAmount, shellWord } from '@faregate/core'
import type { KeyEntry } from '@faregate/identity'
import type { Shortfall } from '@faregate/ledger'
import { cappedMember, tagCapOf, type CapRef } from './caps.ts'
import { mayMend, nearestAdmin } from './mend.ts'

/** Where a cap is set, and what changing it needs; the new cap is added to the command. */
interface Place {
  /** PATCH unless it says otherwise. */
  method?: 'PUT'
  path: string
  command: string
  permission: string
}

function placeOf(key: KeyEntry, base: string, user: string | null): Place {
  const { id, team, organization } = key
  switch (capLevel(base)) {
    case 'key':
      return { path: `/api/keys/${id}`, command: `faregate key update ${id} --cap`, permission: 'keys:write' }
    case 'user':
      if (organization.userCap?.named === true && cappedMember(key) === undefined) return placeOfNamed(key, 'user', user ?? '')
      return placeOfMember(key) ?? placeOfOrganization(key, '--user-cap')
    case 'tag': {
      const { tag = '', common } = tagCapOf(key, base) ?? {}
      return common === true ? placeOfOrganization(key, '--tag-cap') : placeOfNamed(key, 'tag', tag)
    }
    case 'team':
      return placeOfTeam(team?.id ?? '')
    case 'org':
      return placeOfOrganization(key, '--cap')
  }
}

function placeOfNamed({ organization: { id } }: KeyEntry, of: 'user' | 'tag', name: string): Place {
  return {
    method: 'PUT',
    path: `/api/organizations/${id}/${of}s/${encodeURIComponent(name)}/cap`,
    command: `faregate cap set ${id} --${of} ${shellWord(name)} --cap`,
    permission: 'organizations:write',
  }
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

/** Who raises a cap, or decides about a request for more of it. */
export function capAdmin(key: KeyEntry, user: string | null, base: string): Fix['by'] {
  return nearestAdmin(key, placeOf(key, base, user).permission)
}

/** The fix that raises a cap as far as this request needs it: what is spent and held stays counted under a higher limit. */
export function raiseCap(key: KeyEntry, user: string | null, { base, limit, period }: CapRef, { required, available }: Shortfall): Fix {
  const { method = 'PATCH', path, command, permission } = placeOf(key, base, user)
  const missing = required - available
  return {
    kind: 'change_policy',
    action: 'raise_cap',
    by: nearestAdmin(key, permission),
    canYou: mayMend(key, permission),
    byAtLeast: formatAmount(missing),
    method,
    path,
    command: `${command} ${formatAmount(limit + missing)}/${period}`,
  }
}
