import { permissionsOf, type KeyEntry } from '@faregate/identity'

/** Whether the owner of this key may carry out a fix that needs a permission: known where the key belongs to a member. */
export function mayMend({ member }: KeyEntry, permission: string): boolean {
  return member !== null && permissionsOf(member).includes(permission)
}
