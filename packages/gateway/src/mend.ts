import { allows, type KeyEntry } from '@faregate/identity'

/** Whether the owner of this key may carry out a fix that needs a permission: known where the key belongs to a member. */
export function mayMend({ member, team }: KeyEntry, permission: string): boolean {
  return member !== null && allows(member, permission, team?.id ?? null)
}
