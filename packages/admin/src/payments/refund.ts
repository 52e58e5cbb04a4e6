import type { PaymentRail } from '@faregate/billing/rails/port'
import type { RefundOutcome } from '@faregate/billing/rails/saved'
import { nanoPerMinor } from '@faregate/billing/rails/minor-units'
import { formatAmount, type Nano } from '@faregate/core'
import { attachedAuditOf } from '../audit-row.ts'
import { grantOnce } from '../grant-once.ts'
import type { TopUpRefundRow } from '../payment-rows.ts'
import type { TopUpRow } from '../top-up-rows.ts'
import { noteDeed, type PaymentNeeds } from './changes.ts'

/** After this the rail is asked again; what it was asked before has one effect with it. */
const ASK_AGAIN_MS = 60_000
/** Whoever was told so gave the credit again, and was cut off before it was written down. */
const REFUSED_BEFORE = 'it was refused before'

export interface RefundAsked {
  id: string
  /** Null: all that is left of the credit. */
  amount: Nano | null
  reason: string
  /** For the audit. */
  actor: string
}

/**
 * Taken: the credit is gone from the balance, and the rail is to be asked. Otherwise how much could be taken, or that something else
 * was asked for by this id.
 */
export type Taken = { status: 'taken'; refund: TopUpRefundRow } | { status: 'exceeds'; remaining: Nano } | { status: 'other' }

/**
 * Takes the credit of a top-up back that is to be refunded, at most what is neither spent nor held, in the transaction that keeps the
 * refund: from then on the money goes back, or the credit comes again. The same id again finds what was taken.
 */
export async function takeForRefund(needs: PaymentNeeds, row: TopUpRow, grant: string, asked: RefundAsked): Promise<Taken> {
  const known = await takenBefore(needs, row, asked)
  if (known !== undefined) return known
  let amount = asked.amount ?? row.amount
  for (;;) {
    const status = await take(needs, row, grant, asked, amount)
    if (status === 'taken') {
      const taken = await takenBefore(needs, row, asked)
      if (taken === undefined) throw new Error(`the refund ${asked.id} was taken and is not there`)
      return taken
    }
    const payable = status.remaining - (status.remaining % nanoPerMinor(needs.currency))
    if (asked.amount !== null || payable <= 0n) return { status: 'exceeds', remaining: payable > 0n ? payable : 0n }
    amount = payable
  }
}

/** What was asked for by this id before, here or by another process. */
async function takenBefore({ store }: PaymentNeeds, { id }: TopUpRow, asked: RefundAsked): Promise<Taken | undefined> {
  const refund = await store.read.topUpRefunds.get(asked.id)
  if (refund === undefined) return undefined
  const isSame = refund.topUp === id && refund.asked === asked.amount && refund.reason === asked.reason
  return isSame ? { status: 'taken', refund } : { status: 'other' }
}

/** By the name of the refund: of several that take it at once one does, and for the others it is taken. */
async function take(
  needs: PaymentNeeds,
  { id: topUp, organization }: TopUpRow,
  grant: string,
  { id, amount: asked, reason, actor }: RefundAsked,
  amount: Nano,
): Promise<'taken' | { remaining: Nano }> {
  const now = needs.clock.now()
  const facts = { top_up_id: topUp, amount, asked: asked ?? 0n, reason, created_at: now, state: 'pending', next_at: now + ASK_AGAIN_MS }
  const after = { refund: id, amount: formatAmount(amount), reason }
  const event = attachedAuditOf(needs, { actor, action: 'top_up.refund', subject: topUp, organization, after })
  const outcome = await needs.ledger.submit(
    { type: 'reverse', id: `rev_${id}`, grant, amount, reason: `refund ${id} of top-up ${topUp}: ${reason}` },
    { attach: [event, { table: 'top_up_refunds', values: { id, ...facts } }] },
  )
  if (outcome.status === 'ok' || outcome.status.startsWith('exists')) return 'taken'
  if (outcome.status === 'exceeds_remaining') return outcome
  throw new Error(`the ledger answered ${outcome.status} to the refund of a top-up`)
}

/**
 * Asks the rail to give the money back, and writes down what it says. Rejects where it does not answer: then it is asked again, unless
 * the credit was given again by then.
 */
export async function settleRefund(needs: PaymentNeeds, rail: PaymentRail, refund: TopUpRefundRow): Promise<TopUpRefundRow> {
  const { store, currency } = needs
  const order = await store.read.topUps.get(refund.topUp)
  if (refund.state !== 'pending' || order?.paid == null) return refund
  const { id, amount } = refund
  const isCredited = (await store.read.money.entry(creditOf(id))) !== undefined
  const outcome: RefundOutcome = isCredited
    ? { status: 'refused', reason: REFUSED_BEFORE }
    : await rail.refund({ id, order: order.id, amount, currency, reference: order.paid.reference })
  if (outcome.status === 'refunded') await confirmRefund(needs, order, id, outcome.reference)
  if (outcome.status === 'refused') await giveAgain(needs, order, refund, outcome.reason)
  return (await store.read.topUpRefunds.get(id)) ?? refund
}

/** How it stands with a refund of which the money went back: `credited`: its credit had been given again, by this grant. */
export type Confirmed = { status: 'confirmed'; grant?: undefined } | { status: 'credited'; grant: string }

/** The money went back; undefined: such a refund was never asked for here. */
export async function confirmRefund(
  needs: Pick<PaymentNeeds, 'store' | 'clock' | 'random'>,
  order: TopUpRow,
  id: string,
  reference: string,
): Promise<Confirmed | undefined> {
  const known = await needs.store.read.topUpRefunds.get(id)
  if (known?.topUp !== order.id) return undefined
  await needs.store.write(async (trx) => {
    if (!(await trx.endTopUpRefund(id, { state: 'refunded', reference, at: needs.clock.now() }))) return
    const { organization } = order
    await noteDeed(needs, trx, { action: 'top_up.refunded', subject: order.id, organization, after: { refund: id, reference } })
  })
  const grant = creditOf(id)
  return (await needs.store.read.money.entry(grant)) === undefined ? { status: 'confirmed' } : { status: 'credited', grant }
}

/** The money does not go back after all: the credit is there again, once, whoever says so. */
export async function refuseRefund(needs: PaymentNeeds, id: string, reason: string): Promise<void> {
  const refund = await needs.store.read.topUpRefunds.get(id)
  const order = refund && (await needs.store.read.topUps.get(refund.topUp))
  if (refund !== undefined && order !== undefined) await giveAgain(needs, order, refund, reason)
}

/** The grant by which a refund that was refused is credited again. */
function creditOf(refund: string): string {
  return `gr_${refund}`
}

async function giveAgain(needs: PaymentNeeds, order: TopUpRow, { id, amount }: TopUpRefundRow, reason: string): Promise<void> {
  const grant = creditOf(id)
  const { id: subject, organization } = order
  const after = { refund: id, grant, amount: formatAmount(amount), reason }
  await grantOnce(needs, { id: grant, organization, amount, reason: `refund ${id} of top-up ${subject}, which was refused` }, [
    attachedAuditOf(needs, { action: 'top_up.refund_refused', subject, organization, after }),
  ])
  await needs.store.write((trx) => trx.endTopUpRefund(id, { state: 'refused', reference: reason, at: needs.clock.now() }))
}

/** Asks the rail again about a refund of which it has not said how it ended; of several processes one does. */
export async function askAgain(needs: PaymentNeeds, rail: PaymentRail, refund: TopUpRefundRow): Promise<void> {
  const later = needs.clock.now() + ASK_AGAIN_MS
  if (await needs.store.write((trx) => trx.postponeTopUpRefund(refund, later))) await settleRefund(needs, rail, refund)
}
