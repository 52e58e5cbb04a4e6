/**
 * What members may do, as sets of the management API's permissions. They hold for the organization of the member, or for one
 * team of it. Nobody can give himself credit: `money:write` is in none of them. Whoever pays brings money in.
 */
const READ = ['organizations:read', 'teams:read', 'applications:read', 'usage:read']
const TRACE = ['requests:read', 'denials:read', 'limit-requests:read']
const RUN = ['applications:write', 'keys:read', 'keys:write', 'limit-requests:write']
const PLANS = ['plans:read', 'subscriptions:read']
const PAY = ['money:read', 'payments:write', 'vouchers:redeem', 'subscriptions:write']
const PUBLISH = ['apis:read', 'apis:write', 'plans:write', 'subscriptions:approve']
const GOVERN = ['organizations:write', 'teams:write', 'members:write', 'roles:read', 'roles:write', 'tokens:read', 'tokens:write']
const WATCH = ['audit:read', 'webhooks:read', 'webhooks:write']

export const BUILT_IN_ROLES: Readonly<Record<string, readonly string[]>> = {
  org_admin: [...READ, ...TRACE, ...RUN, ...PLANS, ...PAY, ...GOVERN, ...WATCH, ...PUBLISH, 'limit-requests:decide', 'members:read'],
  billing_admin: [...READ, ...TRACE, ...PLANS, ...PAY],
  team_admin: [...READ, ...TRACE, ...RUN, 'limit-requests:decide', 'members:read', 'teams:write'],
  publisher: [...READ, ...TRACE, ...PLANS, ...PUBLISH],
  developer: [...READ, ...TRACE, ...RUN],
  viewer: READ,
}

/** What changes something that can belong to a team; the rest concerns the whole organization. */
const OF_TEAMS: readonly string[] = ['applications:write', 'keys:write', 'members:write', 'teams:write']

/** A role as it is found with whoever has it: the permissions of a custom one lie beside its id; null: it is built in. */
export interface RoleRef {
  role: string
  permissions: readonly string[] | null
}

/** What a role allows; a built-in one that does not exist any more allows nothing. */
export function permissionsOf({ role, permissions }: RoleRef): readonly string[] {
  return permissions ?? (Object.hasOwn(BUILT_IN_ROLES, role) ? (BUILT_IN_ROLES[role] ?? []) : [])
}

/** Whether a member may do something to what belongs to a team, or to none: a role that is narrowed to a team holds there alone. */
export function allows(member: RoleRef & { team: string | null }, permission: string, team: string | null): boolean {
  if (!permissionsOf(member).includes(permission)) return false
  return member.team === null || (member.team === team && OF_TEAMS.includes(permission))
}
