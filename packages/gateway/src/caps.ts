import { capOfKey, capOfMember, capOfOrganization, capOfTag, capOfTeam, capOfUser, capUnit, type Denial } from '@faregate/core'
import type { KeyEntry, KeyMember, SpendCap, TagCap } from '@faregate/identity'
import type { AccountRef } from '@faregate/ledger'
import { nameDigest } from '@faregate/ledger/name-digest'
import type { GatewayDeps } from './deps.ts'
import { ledgerUnavailable } from './ledger-unavailable.ts'

export type CapRef = Extract<AccountRef, { kind: 'cap' }>

/** Every spend cap that a call of this key counts against, in order of precedence: key, end user, tags, team, organization. */
export function capsOf(key: KeyEntry, user: string | null, currency: string): CapRef[] {
  const { cap, team, organization } = key
  const caps: CapRef[] = []
  const add = (base: string, { amount: limit, period }: SpendCap): void => {
    caps.push({ kind: 'cap', base, unit: capUnit(currency), period, zone: organization.zone, limit })
  }
  if (cap !== null) add(capOfKey(key.capKey), cap)
  const member = cappedMember(key)
  if (member !== undefined) add(capOfMember(member.id), member.cap)
  else if (user !== null && organization.userCap !== null) add(capOfUser(organization.id, nameDigest(user)), organization.userCap)
  for (const { tag, cap: tagCap } of organization.tagCaps ?? []) add(capOfTag(organization.id, nameDigest(tag)), tagCap)
  if (team !== null && team.cap !== null) add(capOfTeam(team.id), team.cap)
  if (organization.cap !== null) add(capOfOrganization(organization.id), organization.cap)
  return caps
}

/** The member whose cap stands in the place of the end user's: the one whom the key belongs to, if that has a cap. */
export function cappedMember({ member }: KeyEntry): (KeyMember & { cap: SpendCap }) | undefined {
  return member === null || member.cap === null ? undefined : { ...member, cap: member.cap }
}

/** The tag whose cap a base is of. */
export function cappedTag(key: KeyEntry, base: string): string | undefined {
  return tagCapOf(key, base)?.tag
}

/** The cap of a tag that a base is of. */
export function tagCapOf({ organization: { id, tagCaps = [] } }: KeyEntry, base: string): TagCap | undefined {
  return tagCaps.find(({ tag }) => capOfTag(id, nameDigest(tag)) === base)
}

/** The key as this request of its is decided: the end user and the tags that it names may have caps of their own. */
export async function withNamedCaps(
  { namedCaps }: Pick<GatewayDeps, 'namedCaps'>,
  key: KeyEntry,
  user: string | null,
  tags: readonly string[],
): Promise<KeyEntry | Denial> {
  const found = namedCaps.under(key, user, tags)
  if (!(found instanceof Promise)) return found
  try {
    return await found
  } catch (error) {
    return ledgerUnavailable(error)
  }
}
