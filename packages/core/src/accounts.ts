/** Whose spend cap it is, in the order in which refusals name them. */
export type CapLevel = 'key' | 'user' | 'tag' | 'team' | 'org'

/** The wallet of an organization. */
export function walletOf(organizationId: string): string {
  return `wallet:${organizationId}`
}

/** The base of a key's spend cap; the ledger adds `@<start>` of the period. */
export function capOfKey(keyId: string): string {
  return `cap:${keyId}`
}

/** The same for an end user of an organization, whom the digest stands for: what callers call their users can be anything. */
export function capOfUser(organizationId: string, digest: string): string {
  return `cap:user:${organizationId}:${digest}`
}

/** The same for a member, over all keys that belong to it. */
export function capOfMember(memberId: string): string {
  return `cap:user:${memberId}`
}

/** The same for a tag of an organization's requests, which a digest stands for, too. */
export function capOfTag(organizationId: string, digest: string): string {
  return `cap:tag:${organizationId}:${digest}`
}

/** The same for a team. */
export function capOfTeam(teamId: string): string {
  return `cap:team:${teamId}`
}

/** The same for all of an organization. */
export function capOfOrganization(organizationId: string): string {
  return `cap:org:${organizationId}`
}

/** Whose cap a base is. */
export function capLevel(base: string): CapLevel {
  const [, level] = base.split(':', 2)
  return level === 'user' || level === 'tag' || level === 'team' || level === 'org' ? level : 'key'
}

/** The unit in which spend caps of a currency count; it never mixes with the currency itself. */
export function capUnit(currency: string): string {
  return `cap:${currency}`
}
