/** A whole number of the database that is no money: a time, a count. */
export function toNumber(value: bigint): number {
  return Number(value)
}

export function toNumberOrNull(value: bigint | null): number | null {
  return value === null ? null : Number(value)
}
