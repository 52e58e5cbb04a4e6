/** The wallet of an organization. */
export function walletOf(organizationId: string): string {
  return `wallet:${organizationId}`
}

/** The base of a key's spend cap; the ledger adds `@<start>` of the period. */
export function capOfKey(keyId: string): string {
  return `cap:${keyId}`
}

/** The unit in which spend caps of a currency count; it never mixes with the currency itself. */
export function capUnit(currency: string): string {
  return `cap:${currency}`
}
