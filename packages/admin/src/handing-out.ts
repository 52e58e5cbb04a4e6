import { isPermission, PERMISSIONS } from '@faregate/contract'
import { BUILT_IN_ROLES, permissionsOf } from '@faregate/identity'
import type { Context } from './call.ts'
import { requirePermission } from './credential.ts'
import type { AdminQueries } from './ports.ts'
import { invalid } from './refusal.ts'

/** Nobody gives what they do not hold: 403 that names the first permission that is missing. */
export function requireAll({ credential }: Context, permissions: readonly string[]): void {
  for (const permission of permissions) if (isPermission(permission)) requirePermission(credential, permission)
}

/** The same, for what is bound to one organization: that holds nothing which concerns all. */
export function checkBound(context: Context, permissions: readonly string[]): void {
  for (const [index, permission] of permissions.entries()) {
    if (!isPermission(permission) || PERMISSIONS[permission].bindable) continue
    invalid(`/permissions/${index}`, `${permission} concerns the whole installation, and this is bound to one organization`)
  }
  requireAll(context, permissions)
}

/** The permissions of a role that members of this organization can have; 400 where there is none of that name. */
export async function permissionsOfRole(read: AdminQueries, organization: string, role: string): Promise<readonly string[]> {
  if (Object.hasOwn(BUILT_IN_ROLES, role)) return permissionsOf({ role, permissions: null })
  const row = await read.roles.get(role)
  if (row?.organization === organization) return row.permissions
  return invalid('/role', `there is no role "${role}"; built in are ${Object.keys(BUILT_IN_ROLES).join(', ')}`)
}
