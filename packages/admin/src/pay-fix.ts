import { formatAmount, type Fix, type Nano } from '@faregate/core'
import type { AdminDeps } from './deps.ts'

/** How a balance gets so much more: through the payment rail, where one is connected; otherwise the operator grants it. */
export function payFix(
  { rail, topUpPage, settings }: Pick<AdminDeps, 'rail' | 'topUpPage' | 'settings'>,
  organization: string,
  due: Nano,
): Fix {
  const minAmount = formatAmount(due)
  if (rail !== undefined)
    return { kind: 'pay', action: 'top_up', by: 'billing_admin', canYou: true, minAmount, url: topUpPage(organization) }
  const { 'billing.contact': contact, 'billing.topUpUrl': page } = settings()
  return {
    kind: 'pay',
    action: 'grant',
    by: 'operator',
    canYou: false,
    minAmount,
    command: `faregate grant ${organization} ${minAmount}`,
    ...(contact.value === undefined ? {} : { contact: contact.value }),
    ...(page.value === undefined ? {} : { url: page.value }),
  }
}
