import { formatAmount } from '@faregate/core'

const DECIMALS = 18
const NANO = 10n ** BigInt(DECIMALS - 9)

/** One unit of money, one cent and one billionth, in {@link exactOf}'s units. */
export const EXACT_PER_UNIT = 10n ** BigInt(DECIMALS)
export const EXACT_CENT = EXACT_PER_UNIT / 100n
export const ONE_NANO = NANO

/**
 * Reads a decimal as providers write money, sign and exponent included, in units of 1e-18: sums of thousands of lines stay
 * exact, whatever each of them is rounded to. Digits beyond are cut. `undefined` where it is none.
 */
export function exactOf(text: string): bigint | undefined {
  const match = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text.trim())
  if (match === null) return undefined
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  const digits = BigInt(whole + fraction)
  const shift = DECIMALS - fraction.length + Number(exponent)
  const value = shift >= 0 ? digits * 10n ** BigInt(shift) : digits / 10n ** BigInt(-shift)
  return sign === '-' ? -value : value
}

/** As a decimal of nine places at most, rounded half up. */
export function exactText(value: bigint): string {
  const absolute = value < 0n ? -value : value
  const nano = (absolute + NANO / 2n) / NANO
  return formatAmount(value < 0n ? -nano : nano)
}

/** Reads a count: whole, not negative, also as `10.0`, and with commas between thousands. `undefined` where it is none. */
export function countOf(text: string): number | undefined {
  const plain = text.trim()
  const match = /^(\d{1,3}(?:,\d{3})+|\d+)(?:\.0*)?$/.exec(plain)
  const count = match === null ? Number.NaN : Number((match[1] ?? '').replaceAll(',', ''))
  return Number.isSafeInteger(count) ? count : undefined
}
