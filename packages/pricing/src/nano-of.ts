import { divideUp } from '@faregate/core'

const DECIMALS = 9

/**
 * A JavaScript number as whole nano-units, by its shortest decimal text, never through arithmetic on floats:
 * 0.15 is 150,000,000. What lies beyond 9 decimals (a third, a twelfth) is rounded up to the nano-unit.
 * `undefined` if it is negative or not finite.
 */
export function nanoOf(value: number): bigint | undefined {
  const match = /^(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value))
  if (match === null) return undefined
  const [, whole = '', fraction = '', exponent = '0'] = match
  const shift = Number(exponent) + DECIMALS - fraction.length
  const digits = BigInt(whole + fraction)
  if (shift >= 0) return digits * 10n ** BigInt(shift)
  return divideUp(digits, 10n ** BigInt(-shift))
}
