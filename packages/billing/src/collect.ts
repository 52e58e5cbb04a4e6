import { walletOf, type Millis } from '@faregate/core'
import type { GrantOp, ChargeOp, Operation, Outcome } from '@faregate/ledger'
import { applyEvent } from './events.ts'
import type { PlanTerms } from './plan.ts'
import { dueOf, type DuePeriod } from './standing.ts'
import type { Subscription } from './subscription.ts'

/** Credit of a plan is spent before what was paid in: it is gone at the end of its period. */
const CREDIT_PRIORITY = 50

/** A subscription as it is kept, with the terms that it was bought at. */
export interface Kept {
  subscription: Subscription
  terms: PlanTerms
  /** Grows with every change of the row. */
  revision: number
}

export interface Collecting {
  load(id: string): Promise<Kept | undefined>
  /** Writes it, if the row is still at this revision; whether it was. What callers' requests depend on has changed then. */
  save(subscription: Subscription, revision: number, period: DuePeriod): Promise<boolean>
  submit(operation: Operation): Promise<Outcome>
  now(): Millis
}

/** Paid: by now, or before; `short`: the balance does not reach. */
export type Collected = 'nothing_due' | 'paid' | 'short' | 'unknown'

/**
 * Pays the period of a subscription that is due, from the balance of its organization: exactly once, whoever asks, and however
 * often, because the payment is named after the subscription and the number of the period. Rejects where the ledger does not answer.
 */
export async function collect(port: Collecting, id: string): Promise<Collected> {
  const kept = await port.load(id)
  if (kept === undefined) return 'unknown'
  const { subscription, terms, revision } = kept
  const now = port.now()
  const period = dueOf(subscription, terms, now)
  if (period === undefined) return 'nothing_due'
  if (terms.price > 0n) {
    const outcome = await port.submit(feeOf(subscription, terms, period))
    if (outcome.status === 'insufficient' || outcome.status === 'in_debt') return 'short'
    if (!isPaid(outcome)) throw new Error(`the ledger answered ${outcome.status} to the payment of ${id}`)
  }
  if (terms.credit > 0n && period.until > now) await port.submit(creditOf(subscription, terms, period))
  const applied = applyEvent(subscription, terms, { type: 'paid', period }, now)
  // Where another process was quicker, its row stands; the payment is the same.
  if (applied.ok) await port.save(applied.subscription, revision, period)
  return 'paid'
}

/** The name is taken where it was paid before; what was paid is not asked for again. */
function isPaid({ status }: Outcome): boolean {
  return status === 'ok' || status === 'exists' || status.startsWith('exists_with_different_')
}

function feeOf({ id, organization, plan, version }: Subscription, { price }: PlanTerms, { number }: DuePeriod): ChargeOp {
  const reason = `plan ${plan} v${version}, period ${number}`
  return { type: 'charge', id: `${id}.p${number}`, account: walletOf(organization), amount: price, reason }
}

function creditOf({ id, organization, plan }: Subscription, { credit }: PlanTerms, { number, until }: DuePeriod): GrantOp {
  return {
    type: 'grant',
    id: `${id}.p${number}.credit`,
    account: walletOf(organization),
    amount: credit,
    priority: CREDIT_PRIORITY,
    expiresAt: until,
    reason: `credit of plan ${plan}, period ${number}`,
  }
}
