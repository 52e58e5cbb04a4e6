/** Reads a decimal string of at most nine decimals as an integer of 1e-9, sign included. Own arithmetic of the tests. */
export function nano(text: string): bigint {
  const match = /^(-?)(\d+)(?:\.(\d{1,9}))?$/.exec(text)
  if (match === null) throw new Error(`not a decimal of at most nine places: ${text}`)
  const [, sign, whole = '0', fraction = ''] = match
  const value = BigInt(whole) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'))
  return sign === '-' ? -value : value
}

/** Writes an integer of 1e-9 as a decimal string that a management call takes. */
export function decimal(value: bigint): string {
  const sign = value < 0n ? '-' : ''
  const absolute = value < 0n ? -value : value
  return `${sign}${absolute / 1_000_000_000n}.${(absolute % 1_000_000_000n).toString().padStart(9, '0')}`
}
