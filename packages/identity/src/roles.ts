/**
 * What members may do, as sets of the management API's permissions. They hold for the organization of the member.
 * Nobody can give himself credit: `money:write` is in none of them.
 */
const READ = ['organizations:read', 'teams:read', 'applications:read', 'usage:read']
const TRACE = ['requests:read', 'denials:read', 'limit-requests:read']
const RUN = ['applications:write', 'keys:read', 'keys:write', 'limit-requests:write']
const GOVERN = ['organizations:write', 'teams:write', 'members:write', 'roles:read', 'roles:write', 'tokens:read', 'tokens:write']

export const BUILT_IN_ROLES: Readonly<Record<string, readonly string[]>> = {
  org_admin: [...READ, ...TRACE, ...RUN, ...GOVERN, 'limit-requests:decide', 'members:read', 'money:read', 'audit:read'],
  billing_admin: [...READ, ...TRACE, 'money:read'],
  team_admin: [...READ, ...TRACE, ...RUN, 'limit-requests:decide', 'members:read', 'teams:write'],
  publisher: [...READ, ...TRACE],
  developer: [...READ, ...TRACE, ...RUN],
  viewer: READ,
}

/** A role as it is found with whoever has it: the permissions of a custom one lie beside its id; null: it is built in. */
export interface RoleRef {
  role: string
  permissions: readonly string[] | null
}

/** What a role allows; a built-in one that does not exist any more allows nothing. */
export function permissionsOf({ role, permissions }: RoleRef): readonly string[] {
  return permissions ?? (Object.hasOwn(BUILT_IN_ROLES, role) ? (BUILT_IN_ROLES[role] ?? []) : [])
}
