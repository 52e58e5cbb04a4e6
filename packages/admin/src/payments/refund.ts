import type { PaymentRail } from '@faregate/billing/rails/port'
import { nanoPerMinor } from '@faregate/billing/rails/minor-units'
import { formatAmount, walletOf, type Nano } from '@faregate/core'
import { USUAL_PRIORITY } from '../operation.ts'
import type { TopUpRefundRow } from '../payment-rows.ts'
import { attachedEvent } from '../top-up.ts'
import type { TopUpRow } from '../top-up-rows.ts'
import { noteDeed, type PaymentNeeds } from './changes.ts'

/** After this the rail is asked again; what it was asked before has one effect with it. */
const ASK_AGAIN_MS = 60_000

export interface RefundAsked {
  id: string
  /** Null: all that is left of the credit. */
  amount: Nano | null
  reason: string
}

/** Taken: the credit is gone from the balance, and the rail is to be asked. Otherwise how much could be taken. */
export type Taken = { status: 'taken'; refund: TopUpRefundRow } | { status: 'exceeds'; remaining: Nano }

/**
 * Takes the credit of a top-up back that is to be refunded, at most what is neither spent nor held, in the transaction that keeps the
 * refund: from then on the money goes back, or the credit comes again. The same id again finds what was taken.
 */
export async function takeForRefund(needs: PaymentNeeds, row: TopUpRow, grant: string, asked: RefundAsked): Promise<Taken> {
  const { ledger, store, clock, currency } = needs
  const { id, reason } = asked
  let amount = asked.amount ?? row.amount
  for (;;) {
    const known = await store.read.topUpRefunds.get(id)
    if (known !== undefined) return { status: 'taken', refund: known }
    const now = clock.now()
    const facts = { top_up_id: row.id, amount, reason, created_at: now, state: 'pending', next_at: now + ASK_AGAIN_MS }
    const event = attachedEvent(needs, row, 'top_up.refund', { refund: id, amount: formatAmount(amount), reason })
    const outcome = await ledger.submit(
      { type: 'reverse', id: `rev_${id}`, grant, amount, reason: `refund ${id} of top-up ${row.id}: ${reason}` },
      { attach: [event, { table: 'top_up_refunds', values: { id, ...facts } }] },
    )
    if (outcome.status === 'ok') continue
    if (outcome.status !== 'exceeds_remaining') throw new Error(`the ledger answered ${outcome.status} to the refund of a top-up`)
    const payable = outcome.remaining - (outcome.remaining % nanoPerMinor(currency))
    if (asked.amount !== null || payable <= 0n) return { status: 'exceeds', remaining: payable > 0n ? payable : 0n }
    amount = payable
  }
}

/** Asks the rail to give the money back, and writes down what it says. Rejects where it does not answer: then it is asked again. */
export async function settleRefund(needs: PaymentNeeds, rail: PaymentRail, refund: TopUpRefundRow): Promise<TopUpRefundRow> {
  const { store, currency } = needs
  const order = await store.read.topUps.get(refund.topUp)
  if (refund.state !== 'pending' || order?.paid == null) return refund
  const { id, amount } = refund
  const outcome = await rail.refund({ id, order: order.id, amount, currency, reference: order.paid.reference })
  if (outcome.status === 'refunded') await confirmRefund(needs, order, id, outcome.reference)
  if (outcome.status === 'refused') await giveAgain(needs, order, refund, outcome.reason)
  return (await store.read.topUpRefunds.get(id)) ?? refund
}

/** The money went back; false: such a refund was never asked for here. */
export async function confirmRefund(
  needs: Pick<PaymentNeeds, 'store' | 'clock' | 'random'>,
  order: TopUpRow,
  id: string,
  reference: string,
): Promise<boolean> {
  const known = await needs.store.read.topUpRefunds.get(id)
  if (known?.topUp !== order.id) return false
  await needs.store.write(async (trx) => {
    if (!(await trx.endTopUpRefund(id, { state: 'refunded', reference, at: needs.clock.now() }))) return
    const { organization } = order
    await noteDeed(needs, trx, { action: 'top_up.refunded', subject: order.id, organization, after: { refund: id, reference } })
  })
  return true
}

/** The money does not go back after all: the credit is there again, once, whoever says so. */
export async function refuseRefund(needs: PaymentNeeds, id: string, reason: string): Promise<void> {
  const refund = await needs.store.read.topUpRefunds.get(id)
  const order = refund && (await needs.store.read.topUps.get(refund.topUp))
  if (refund !== undefined && order !== undefined) await giveAgain(needs, order, refund, reason)
}

async function giveAgain(needs: PaymentNeeds, order: TopUpRow, { id, amount }: TopUpRefundRow, reason: string): Promise<void> {
  const grant = `gr_${id}`
  const event = attachedEvent(needs, order, 'top_up.refund_refused', { refund: id, grant, amount: formatAmount(amount), reason })
  const account = walletOf(order.organization)
  const words = `refund ${id} of top-up ${order.id}, which was refused`
  const outcome = await needs.ledger.submit(
    { type: 'grant', id: grant, account, amount, priority: USUAL_PRIORITY, expiresAt: null, reason: words },
    { attach: [event] },
  )
  if (outcome.status !== 'ok' && outcome.status !== 'exists') throw new Error(`the ledger answered ${outcome.status} to a refund refused`)
  await needs.store.write((trx) => trx.endTopUpRefund(id, { state: 'refused', reference: reason, at: needs.clock.now() }))
}

/** Asks the rail again about a refund of which it has not said how it ended; of several processes one does. */
export async function askAgain(needs: PaymentNeeds, rail: PaymentRail, refund: TopUpRefundRow): Promise<void> {
  const later = needs.clock.now() + ASK_AGAIN_MS
  if (await needs.store.write((trx) => trx.postponeTopUpRefund(refund, later))) await settleRefund(needs, rail, refund)
}
