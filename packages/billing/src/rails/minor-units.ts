import { NANO_PER_UNIT, type Nano } from '@faregate/core'

/** Stripe counts these in hundredths although they have no minor unit. */
const HUNDREDTHS = ['ISK', 'UGX']

/** How many digits after the point an amount of a currency has where it is paid. */
function digitsOf(currency: string): number {
  if (HUNDREDTHS.includes(currency)) return 2
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
}

/** Nano-units of a currency's smallest unit that can be paid: a cent. */
export function nanoPerMinor(currency: string): Nano {
  return NANO_PER_UNIT / 10n ** BigInt(digitsOf(currency))
}

/** An amount in whole cents; `undefined` where it is not a whole number of them. */
export function toMinor(amount: Nano, currency: string): number | undefined {
  const minor = nanoPerMinor(currency)
  return amount % minor === 0n ? Number(amount / minor) : undefined
}

export function fromMinor(cents: number, currency: string): Nano {
  return BigInt(cents) * nanoPerMinor(currency)
}
