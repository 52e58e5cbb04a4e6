import { formatAmount, walletOf, type Nano } from '@faregate/core'
import type { PaymentRail, Returning } from '@faregate/billing/rails/port'
import { attachedAuditOf } from './audit-row.ts'
import { grantOnce } from './grant-once.ts'
import { confirmRefund } from './payments/refund.ts'
import { mismatchOf, type Mismatch, type TopUpNeeds } from './top-up.ts'
import type { TopUpRow } from './top-up-rows.ts'

/**
 * What became of money that went back to the payer, or came back. `early`: its payment has not been told yet. `missing`:
 * so much of it was spent already, or is held, and is the operator's loss.
 */
export type Returned = { status: 'again' | 'unknown' | 'early' } | { status: 'done'; missing: Nano } | Mismatch

/**
 * Takes back the credit of what was refunded or disputed, as far as it is unspent and unheld; gives it again where a
 * dispute was won. Ids follow from the rail's own, so that each happens once. Rejects when the database does not answer.
 */
export async function returnTopUp(needs: TopUpNeeds, rail: PaymentRail, report: Returning): Promise<Returned> {
  const row = await needs.store.read.topUps.get(report.order)
  if (row === undefined) return { status: 'unknown' }
  const { organization, currency } = report
  const mismatch = mismatchOf(row, needs.currency, { organization, currency, rail: rail.name })
  if (mismatch !== undefined) return mismatch
  if (row.paid === null) return { status: 'early' }
  if (report.status === 'reinstated') return giveAgain(needs, row, report)
  const known = report.refund === undefined ? undefined : await confirmRefund(needs, row, report.refund, report.reference)
  // The credit of a refund that we asked for was taken when it was asked for.
  if (known?.status === 'confirmed') return { status: 'again' }
  // Its credit was given again: because this refund has failed since it was told, or because another attempt of it was refused before.
  if (known?.status === 'credited' && !(await rail.refunded(report.reference))) return { status: 'again' }
  return takeBack(needs, row, known?.grant ?? row.paid.grant, report)
}

async function takeBack(needs: TopUpNeeds, row: TopUpRow, grant: string, { reference, amount: asked }: Returning): Promise<Returned> {
  const { id: subject, organization } = row
  const id = reversalOf(reference)
  const reason = `${reference} of top-up ${subject}`
  let amount = asked
  for (;;) {
    const after = { grant, reference, amount: formatAmount(amount), of: formatAmount(asked) }
    const event = attachedAuditOf(needs, { action: 'top_up.returned', subject, organization, after })
    const outcome = await needs.ledger.submit({ type: 'reverse', id, grant, amount, reason }, { attach: [event] })
    if (outcome.status === 'ok') return { status: 'done', missing: asked - amount }
    if (outcome.status.startsWith('exists')) return { status: 'again' }
    if (outcome.status !== 'exceeds_remaining') throw new Error(`the ledger answered ${outcome.status} to the return of a top-up`)
    if (outcome.remaining <= 0n) return { status: 'done', missing: asked }
    amount = outcome.remaining
  }
}

/** As much as was taken back, and nothing where nothing was. */
async function giveAgain(needs: TopUpNeeds, { id: subject, organization }: TopUpRow, { reference }: Returning): Promise<Returned> {
  const entry = await needs.store.read.money.entry(reversalOf(reference))
  const account = walletOf(organization)
  const taken = entry?.legs.find((leg) => leg.account === account && leg.field === 'granted')?.amount ?? 0n
  if (taken === 0n) return { status: 'done', missing: 0n }
  const amount = -taken
  const id = `gr_${reference}`
  const after = { grant: id, reference, amount: formatAmount(amount) }
  const now = await grantOnce(needs, { id, organization, amount, reason: `${reference} of top-up ${subject}, won` }, [
    attachedAuditOf(needs, { action: 'top_up.reinstated', subject, organization, after }),
  ])
  return now ? { status: 'done', missing: 0n } : { status: 'again' }
}

function reversalOf(reference: string): string {
  return `rev_${reference}`
}
