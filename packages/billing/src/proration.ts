import { divideUp, type Millis, type Nano } from '@faregate/core'
import { addMonths } from '@faregate/ledger'
import { monthsOf, type PlanTerms } from './plan.ts'
import { standingOf } from './standing.ts'
import type { Subscription } from './subscription.ts'
import { turnAt } from './turns.ts'

/** What a change of plan would do now. */
export interface ChangePreview {
  /** To be paid at once; below zero: put on the balance. */
  due: Nano
  /** Seconds left of the period that is paid, and of how many. */
  secondsLeft: number
  secondsInPeriod: number
  /** Until when it is paid afterwards; null: nothing is paid yet. */
  paidUntil: Millis | null
  anchor: Millis
}

/**
 * What changing from one plan to another costs. Time is counted in whole seconds, what is left of one counts as one. Between
 * plans of the same period, the difference of the prices is due for the time that is left, and the period stays; otherwise a
 * period of the new plan begins, for its price less the unused part of the old one's. Rounded up to the nano-unit. Nothing is
 * due where nothing is paid: the next period costs what the new plan does.
 */
export function previewChange(subscription: Subscription, from: PlanTerms, to: PlanTerms, now: Millis): ChangePreview {
  const { paidUntil, anchor } = subscription
  const { state } = standingOf(subscription, from, now)
  if (state !== 'active' || paidUntil === null || paidUntil <= now) {
    return { due: 0n, secondsLeft: 0, secondsInPeriod: 0, paidUntil, anchor }
  }
  const secondsLeft = Math.ceil((paidUntil - now) / 1_000)
  const begun = turnAt(anchor, monthsOf(from), paidUntil - 1)
  const secondsInPeriod = Math.ceil((paidUntil - begun) / 1_000)
  const shares = { secondsLeft, secondsInPeriod }
  if (monthsOf(from) === monthsOf(to)) {
    const due = divideUp((to.price - from.price) * BigInt(secondsLeft), BigInt(secondsInPeriod))
    return { due, ...shares, paidUntil, anchor }
  }
  const due = divideUp(to.price * BigInt(secondsInPeriod) - from.price * BigInt(secondsLeft), BigInt(secondsInPeriod))
  return { due, ...shares, paidUntil: addMonths(now, monthsOf(to)), anchor: now }
}
