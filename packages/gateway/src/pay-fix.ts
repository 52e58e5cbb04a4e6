import { formatAmount, type Fix } from '@faregate/core'
import type { Settings } from './deps.ts'

/** With a payment rail whoever has the link can pay; without one the operator grants credit. Never a URL that is not served. */
export function payFix({ billing }: Settings, organization: string, shortfall: bigint): Fix {
  const url = billing.topUpPage?.(organization)
  if (url !== undefined)
    return { kind: 'pay', action: 'top_up', by: 'billing_admin', canYou: true, minAmount: formatAmount(shortfall), url }
  const amount = topUpAmount(shortfall)
  return {
    kind: 'pay',
    action: 'grant',
    by: 'operator',
    canYou: false,
    minAmount: formatAmount(shortfall),
    command: `faregate grant ${organization} ${amount}`,
    ...(billing.contact === undefined ? {} : { contact: billing.contact }),
    ...(billing.topUpUrl === undefined ? {} : { url: billing.topUpUrl }),
  }
}

/** At least 5.00, and enough to cover what is missing. */
function topUpAmount(shortfall: bigint): string {
  const five = 5_000_000_000n
  return formatAmount(shortfall > five ? shortfall : five)
}
