/**
 * Amounts of money: whole nano-units (1e-9) of the installation's one currency.
 * A `bigint` everywhere inside, a decimal string everywhere outside (money.md M1).
 */
export type Nano = bigint

export const NANO_PER_UNIT = 1_000_000_000n

/** What an amount may look like on the wire. Zero is excluded by {@link parseAmount}. */
export const AMOUNT_PATTERN = /^\d{1,9}(\.\d{1,9})?$/

/** Reads a decimal string as nano-units; `undefined` unless it matches {@link AMOUNT_PATTERN}. */
export function parseDecimal(text: string): Nano | undefined {
  if (!AMOUNT_PATTERN.test(text)) return undefined
  const [whole = '0', fraction = ''] = text.split('.')
  return BigInt(whole) * NANO_PER_UNIT + BigInt(fraction.padEnd(9, '0'))
}

/** Reads an amount: a decimal string greater than zero, in nano-units; `undefined` when it is not one. */
export function parseAmount(text: string): Nano | undefined {
  const nano = parseDecimal(text)
  return nano === 0n ? undefined : nano
}

/** Writes nano-units as a decimal string: exact, no exponent, at least two decimals ("5.00", "0.0001"). */
export function formatAmount(nano: Nano): string {
  const sign = nano < 0n ? '-' : ''
  const absolute = nano < 0n ? -nano : nano
  const fraction = (absolute % NANO_PER_UNIT)
    .toString()
    .padStart(9, '0')
    .replace(/0{1,7}$/, '')
  return `${sign}${absolute / NANO_PER_UNIT}.${fraction}`
}

/** Divides and rounds up; for money that is owed. The divisor is positive. */
export function divideUp(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor
  return dividend % divisor > 0n ? quotient + 1n : quotient
}
