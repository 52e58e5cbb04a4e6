import { hash } from 'node:crypto'
import { capOfKey, capOfMember, capOfOrganization, capOfTeam, capOfUser, capUnit } from '@faregate/core'
import type { KeyEntry, KeyMember, SpendCap } from '@faregate/identity'
import type { AccountRef } from '@faregate/ledger'

export type CapRef = Extract<AccountRef, { kind: 'cap' }>

/** Every spend cap that a call of this key counts against, in order of precedence: key, end user, team, organization. */
export function capsOf(key: KeyEntry, user: string | null, currency: string): CapRef[] {
  const { cap, team, organization } = key
  const caps: CapRef[] = []
  const add = (base: string, { amount: limit, period }: SpendCap): void => {
    caps.push({ kind: 'cap', base, unit: capUnit(currency), period, zone: organization.zone, limit })
  }
  if (cap !== null) add(capOfKey(key.capKey), cap)
  const member = cappedMember(key)
  if (member !== undefined) add(capOfMember(member.id), member.cap)
  else if (user !== null && organization.userCap !== null) add(capOfUser(organization.id, digestOf(user)), organization.userCap)
  if (team !== null && team.cap !== null) add(capOfTeam(team.id), team.cap)
  if (organization.cap !== null) add(capOfOrganization(organization.id), organization.cap)
  return caps
}

/** The member whose cap stands in the place of the end user's: the one whom the key belongs to, if that has a cap. */
export function cappedMember({ member }: KeyEntry): (KeyMember & { cap: SpendCap }) | undefined {
  return member === null || member.cap === null ? undefined : { ...member, cap: member.cap }
}

/** Stands for a user in the name of an account: 128 bits. */
function digestOf(user: string): string {
  return hash('sha256', user, 'hex').slice(0, 32)
}
