import { formatAmount, isApi, type Denial, type Fix, type PlanFeature, type Product, type Scope } from '@faregate/core'
import type { KeyEntry } from '@faregate/identity'
import type { Settings } from '../deps.ts'
import { mayMend } from '../mend.ts'
import { payFix } from '../pay-fix.ts'
import type { Blocked, Entitlement, Sale } from './port.ts'

/** What subscribing, renewing, changing and resuming take. */
const SUBSCRIBE = 'subscriptions:write'

type Sold = Extract<Entitlement, { kind: 'sold' }>
type Unsold = Extract<Entitlement, { kind: 'unsold' }>

/** What stands in the way of a subscription that has what is called. */
export function blocked(settings: Settings, key: KeyEntry, { blocker, subscription, seller, price, also }: Blocked): Denial {
  const { id, plan, reason } = subscription
  const { says, fix } = WAYS[blocker]
  const why = reason === null || !blocker.startsWith('approval') ? '' : ` The reason given: ${reason}`
  return {
    code: blocker,
    detail: `${key.organization.name}'s subscription to the plan "${plan}" ${says(formatAmount(price), settings.currency)}.${why}`,
    scope: { ...scopeOf(key), plan, subscription: id },
    fixes: [
      fix === 'pay'
        ? payFix(settings, key.organization.id, price)
        : {
            ...fix(id, seller),
            canYou: canMend(key, blocker, seller),
            path: `/api/subscriptions/${id}/${pathOf(blocker)}`,
            method: 'POST',
          },
    ],
    ...(also.length > 0 ? { also } : {}),
    ...(blocker.startsWith('approval') ? { pollUrl: `${settings.publicUrl()}/api/subscriptions/${id}` } : {}),
  }
}

interface Way {
  /** Goes on after the plan's name. */
  says: (price: string, currency: string) => string
  fix: 'pay' | ((subscription: string, seller: string | null) => Fix)
}

const renew = (id: string): Fix => ({
  kind: 'pay',
  action: 'renew',
  by: 'billing_admin',
  command: `faregate subscription renew ${id}`,
})

const unpaid = (since: string) => (price: string, currency: string) =>
  `${since}: ${price} ${currency} is due, and the balance does not reach`

const WAYS: Record<Blocked['blocker'], Way> = {
  approval_pending: {
    says: () => 'waits for approval',
    fix: (id, seller) => ({
      kind: 'change_policy',
      action: 'approve',
      by: seller === null ? 'operator' : 'publisher',
      command: `faregate subscription approve ${id}`,
    }),
  },
  approval_rejected: {
    says: () => 'is not approved',
    fix: (id) => ({
      kind: 'change_policy',
      action: 'request_approval',
      by: 'org_admin',
      command: `faregate subscription reapply ${id} --reason TEXT`,
    }),
  },
  subscription_incomplete: { says: unpaid('has not begun'), fix: 'pay' },
  trial_ended: { says: unpaid('is at the end of its trial'), fix: 'pay' },
  subscription_past_due: { says: unpaid('is past due'), fix: 'pay' },
  subscription_unpaid: { says: unpaid('was not paid for a whole period'), fix: 'pay' },
  subscription_expired: { says: () => 'has run out', fix: renew },
  subscription_cancelled: { says: () => 'was cancelled', fix: renew },
  subscription_paused: {
    says: () => 'is paused',
    fix: (id) => ({
      kind: 'change_policy',
      action: 'resume',
      by: 'org_admin',
      command: `faregate subscription resume ${id}`,
    }),
  },
}

function pathOf(blocker: Blocked['blocker']): string {
  return blocker === 'approval_pending' ? 'decision' : 'events'
}

/** Whoever sells a plan decides who has it; everything else is for whoever subscribes. */
function canMend(key: KeyEntry, blocker: Blocked['blocker'], seller: string | null): boolean {
  if (blocker !== 'approval_pending') return mayMend(key, SUBSCRIBE)
  return seller === key.organization.id && mayMend(key, 'subscriptions:approve')
}

/** No plan that has it is on sale. */
export function notSold(key: KeyEntry, product: Product, { lacking }: Unsold): Denial {
  return {
    code: 'not_entitled',
    detail: `${nameOf(product, lacking)} is sold by plan only, and none that has it is on sale to ${key.organization.name}.`,
    scope: scopeOf(key),
    ...requiredOf(lacking),
    fixes: [
      {
        kind: 'change_policy',
        action: 'subscribe',
        by: 'operator',
        canYou: false,
        command: `faregate subscription create ${key.organization.id} PLAN`,
      },
    ],
  }
}

const CODES = { subscription: 'subscription_required', upgrade: 'plan_upgrade_required', approval: 'approval_required' } as const

/** It is sold by plans that the organization does not have. */
export function sold(settings: Settings, key: KeyEntry, product: Product, { by, sales, lacking }: Sold): Denial {
  const names = sales.map(({ plan }) => `"${plan}"`).join(', ')
  return {
    code: CODES[by],
    detail: `${nameOf(product, lacking)} is sold by plan: ${key.organization.name} has none of ${names}.`,
    scope: scopeOf(key),
    ...requiredOf(lacking),
    plans: sales.map(presentSale),
    fixes: saleFixes(key, sales),
    ...(by === 'approval' ? { requestUrl: `${settings.publicUrl()}/api/organizations/${key.organization.id}/subscriptions` } : {}),
  }
}

/** What is sold: the API, the model, or what its plan does not include of it. */
function nameOf(product: Product, lacking: PlanFeature[]): string {
  const name = isApi(product) ? `The API "${product.api}"` : `The model "${product.model}"`
  return lacking.length === 0 ? name : `${name} with ${lacking.map((one) => `"${one}"`).join(' and ')}`
}

function requiredOf(lacking: PlanFeature[]): Pick<Denial, 'required'> {
  return lacking.length === 0 ? {} : { required: lacking.map((feature) => `feature:${feature}`) }
}

export function presentSale({ plan, price, period, dueNow, approval }: Sale) {
  return { plan, price: formatAmount(price), period, dueNow: formatAmount(dueNow), approval }
}

/** How plans are had: first those that only have to be paid for. */
export function saleFixes(key: KeyEntry, sales: readonly Sale[]): Fix[] {
  return sales.toSorted((a, b) => Number(a.approval) - Number(b.approval)).map((sale) => saleFix(key, sale))
}

/** How a plan is had: by changing the subscription there is, or by a new one. */
function saleFix(key: KeyEntry, { plan, dueNow, approval, change }: Sale): Fix {
  const { organization } = key
  const by = { by: 'billing_admin' as const, canYou: mayMend(key, SUBSCRIBE), plan, method: 'POST' }
  if (approval) {
    const command = `faregate subscription create ${organization.id} ${plan} --reason TEXT`
    const path = `/api/organizations/${organization.id}/subscriptions`
    return { kind: 'change_policy', action: 'request_approval', ...by, command, path }
  }
  const cost = { dueNow: formatAmount(dueNow) }
  if (change !== undefined) {
    const command = `faregate subscription change ${change} ${plan}`
    return { kind: 'pay', action: 'upgrade', ...by, ...cost, command, path: `/api/subscriptions/${change}/plan` }
  }
  const command = `faregate subscription create ${organization.id} ${plan}`
  return { kind: 'pay', action: 'subscribe', ...by, ...cost, command, path: `/api/organizations/${organization.id}/subscriptions` }
}

function scopeOf(key: KeyEntry): Scope {
  return { level: 'org', id: key.organization.id, key: `…${key.lastFour}` }
}
