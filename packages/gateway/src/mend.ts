import type { Fix } from '@faregate/core'
import { allows, type KeyEntry } from '@faregate/identity'

/** Whether the owner of this key may carry out a fix that needs a permission: known where the key belongs to a member. */
export function mayMend({ member, team }: KeyEntry, permission: string): boolean {
  return member !== null && allows(member, permission, team?.id ?? null)
}

/** Whose role takes a permission, nearest to a key: what belongs to its team is for the team's own admin to change, the rest for the organization's. */
export function nearestAdmin({ team }: KeyEntry, permission: string): Fix['by'] {
  const teamAdmin = { role: 'team_admin', permissions: null, team: team?.id ?? null }
  return team !== null && allows(teamAdmin, permission, team.id) ? 'team_admin' : 'org_admin'
}
