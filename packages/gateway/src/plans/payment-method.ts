import type { Denial } from '@faregate/core'
import type { KeyEntry } from '@faregate/identity'
import type { Settings } from '../deps.ts'
import type { Planned } from './port.ts'

/**
 * What of the offers is served to an organization, where some are only while it has a payment method that can be charged. Without a
 * payment rail nobody could save one, so that it is not asked for.
 */
export function withMethod(settings: Settings, key: KeyEntry, planned: Planned): Planned | Denial {
  const { methodPage } = settings.billing
  const { paymentMethod, id, name } = key.organization
  const [first] = planned.offers
  if (methodPage === undefined || paymentMethod === 'ready' || first === undefined) return planned
  const offers = planned.offers.filter(({ needsMethod }) => needsMethod !== true)
  if (offers.length === planned.offers.length) return planned
  // Sales are reckoned when they are asked for.
  if (offers.length > 0)
    return {
      offers,
      get sales() {
        return planned.sales
      },
    }
  const unverified = paymentMethod === 'unverified'
  const lacking = unverified ? 'the one that it saved is not verified yet' : 'it has none'
  return {
    code: unverified ? 'payment_method_unverified' : 'payment_method_required',
    detail: `The plan "${first.plan}" is served while ${name} has a payment method, and ${lacking}.`,
    scope: { level: 'org', id, key: `…${key.lastFour}`, plan: first.plan, subscription: first.subscription },
    fixes: [
      {
        kind: 'pay',
        action: unverified ? 'verify_payment_method' : 'add_payment_method',
        by: 'billing_admin',
        canYou: true,
        url: methodPage(id),
      },
    ],
  }
}
