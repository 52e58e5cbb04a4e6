import { capLevel, formatAmount, type CapLevel, type Fix } from '@faregate/core'
import type { KeyEntry } from '@faregate/identity'
import type { Shortfall } from '@faregate/ledger'
import type { CapRef } from './caps.ts'

/** Where each cap is set: the route and the command, to which the new cap is added. */
const PLACES: Record<CapLevel, (key: KeyEntry) => { path: string; command: string }> = {
  key: ({ id }) => ({ path: `/api/keys/${id}`, command: `faregate key update ${id} --cap` }),
  user: ({ organization: { id } }) => ({ path: `/api/organizations/${id}`, command: `faregate org update ${id} --user-cap` }),
  team: ({ team }) => ({ path: `/api/teams/${team?.id ?? ''}`, command: `faregate team update ${team?.id ?? ''} --cap` }),
  org: ({ organization: { id } }) => ({ path: `/api/organizations/${id}`, command: `faregate org update ${id} --cap` }),
}

/** The fix that raises a cap as far as this request needs it: what is spent and held stays counted under a higher limit. */
export function raiseCap(key: KeyEntry, { base, limit, period }: CapRef, { required, available }: Shortfall): Fix {
  const { path, command } = PLACES[capLevel(base)](key)
  const missing = required - available
  return {
    kind: 'change_policy',
    action: 'raise_cap',
    by: 'org_admin',
    canYou: false,
    byAtLeast: formatAmount(missing),
    method: 'PATCH',
    path,
    command: `${command} ${formatAmount(limit + missing)}/${period}`,
  }
}
