import type { Fix } from '@faregate/core'
import type { KeyEntry } from '@faregate/identity'
import type { Settings } from './deps.ts'
import { payFix } from './pay-fix.ts'

/** The refusals of a request for which the balance is too low: why it is, where it should have been topped up by itself. */
export const TOO_LOW = ['payment_action_required', 'auto_topup_failed', 'insufficient_balance'] as const

export type TooLow = (typeof TOO_LOW)[number]

export function isTooLow(code: string): code is TooLow {
  return TOO_LOW.some((one) => one === code)
}

/** Whoever pays on invoice, or through nothing that is connected, is not topped up. */
export function tooLowCode({ billing }: Settings, { organization }: KeyEntry): TooLow {
  if (billing.methodPage === undefined || organization.creditLimit !== undefined) return 'insufficient_balance'
  if (organization.topUpFailed === undefined) return 'insufficient_balance'
  return organization.topUpFailed === 'declined' ? 'auto_topup_failed' : 'payment_action_required'
}

/** How a balance comes to reach again, by whoever has the link. */
export function tooLowFixes(settings: Settings, { organization: { id } }: KeyEntry, code: TooLow, shortfall: bigint): Fix[] {
  const topUp = payFix(settings, id, shortfall)
  const url = settings.billing.methodPage?.(id)
  if (code === 'insufficient_balance' || url === undefined) return [topUp]
  const other: Fix = { kind: 'pay', action: 'update_payment_method', by: 'billing_admin', canYou: true, url }
  return code === 'auto_topup_failed' ? [other, topUp] : [{ ...topUp, action: 'confirm_payment' }, other]
}

/** What is said beside the amounts. */
export const TOO_LOW_BECAUSE: Record<TooLow, string> = {
  payment_action_required: ' Its automatic top-up has to be confirmed by whoever holds the payment method.',
  auto_topup_failed: ' Its automatic top-up could not be paid with the saved payment method.',
  insufficient_balance: '',
}
