import { standingOf, type ChangePreview, type PlanTerms, type PlanVersion, type Subscription } from '@faregate/billing'
import { formatAmount, type Millis } from '@faregate/core'
import { timeText, timeTextOrNull } from './time.ts'

export function presentPlan({
  price,
  credit,
  createdAt,
  apis = [],
  paymentMethod = false,
  quotas,
  organization = null,
  ...plan
}: PlanVersion) {
  const counted = quotas.map((quota) => ({ ...quota, apis: quota.apis ?? null }))
  const amounts = { price: formatAmount(price), credit: formatAmount(credit) }
  return {
    ...plan,
    organization,
    apis,
    paymentMethod,
    quotas: counted,
    prices: [...plan.prices],
    ...amounts,
    createdAt: timeText(createdAt),
  }
}

export function presentSubscription(subscription: Subscription, terms: PlanTerms, now: Millis) {
  const {
    startedAt,
    trialUntil,
    paidUntil,
    cancelAt,
    pausedAt,
    createdAt,
    anchor: _anchor,
    changes: _changes,
    agreed,
    ...members
  } = subscription
  const { state, blocker, until } = standingOf(subscription, terms, now)
  return {
    ...members,
    state,
    blocker: blocker ?? null,
    agreed: agreed ?? null,
    until: timeTextOrNull(until),
    startedAt: timeText(startedAt),
    trialUntil: timeTextOrNull(trialUntil),
    paidUntil: timeTextOrNull(paidUntil),
    cancelAt: timeTextOrNull(cancelAt),
    pausedAt: timeTextOrNull(pausedAt),
    createdAt: timeText(createdAt),
  }
}

export function presentPreview(
  { due, secondsLeft, secondsInPeriod, paidUntil }: ChangePreview,
  { plan, version }: { plan: string; version: number },
) {
  return { plan, version, due: formatAmount(due), secondsLeft, secondsInPeriod, paidUntil: timeTextOrNull(paidUntil) }
}
