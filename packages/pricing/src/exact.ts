const DECIMALS = 9

/**
 * A JavaScript number as whole nano-units, by its shortest decimal text, never through arithmetic on floats:
 * 0.15 is 150,000,000. `undefined` if it is negative, not finite, or has more than 9 decimals.
 */
export function exactNano(value: number): bigint | undefined {
  const match = /^(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value))
  if (match === null) return undefined
  const [, whole = '', fraction = '', exponent = '0'] = match
  const shift = Number(exponent) + DECIMALS - fraction.length
  const digits = BigInt(whole + fraction)
  if (shift >= 0) return digits * 10n ** BigInt(shift)
  const divisor = 10n ** BigInt(-shift)
  return digits % divisor === 0n ? digits / divisor : undefined
}
