/** A whole number of the database that is no money: a time, a count. */
export function toNumber(value: bigint): number {
  return Number(value)
}

export function toNumberOrNull(value: bigint | null): number | null {
  return value === null ? null : Number(value)
}

/** Text of a column that was written with `JSON.stringify` by the same query family. */
export function fromJson<T>(text: string): T {
  return JSON.parse(text) as T
}
