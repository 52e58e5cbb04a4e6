import type { ChargeOutcome } from '@faregate/billing/rails/saved'
import { formatAmount, isTopUpFailure, newId, type TopUpFailure } from '@faregate/core'
import type { AutoTopUpRow } from '../payment-rows.ts'
import type { AdminTransaction } from '../ports.ts'
import type { TopUpRow } from '../top-up-rows.ts'
import { changeStanding, noteDeed, type PaymentNeeds } from './changes.ts'
import { renewed } from './methods.ts'

const HOUR_MS = 3_600_000
/** After each failure in a row; then nothing is tried until a method, the terms or the balance change. */
const PAUSES_MS = [1, 6, 24, 72].map((hours) => hours * HOUR_MS)
/** How long the rail may take to report how a payment ended before it is asked. */
const REPORTED_WITHIN_MS = HOUR_MS
/** What is told where there is nothing to charge. */
const NO_METHOD = 'no_payment_method'
/** What is told where the rail gives no reason. */
export const UNSAID = 'declined'

/** Why nothing can be charged: the rail does not begin a payment, there is no method, or the month is full. */
type Hindrance = { status: 'not_begun'; code: string } | { status: 'without_method' } | { status: 'ceiling'; until: number }
type Outcome = ChargeOutcome | Hindrance

/** How a try ended. `not_ours`: somebody else has the row, or has changed it meanwhile. */
export type Ended = Outcome['status'] | 'not_ours'

/** What was tried. */
interface Tried {
  row: AutoTopUpRow
  order: TopUpRow | undefined
}

/** Writes down how a try ended, unless the row was changed meanwhile: then whoever changed it goes on from there. */
export async function endTry(needs: PaymentNeeds, { row, order }: Tried, outcome: Outcome): Promise<Ended> {
  const after = next(row, outcome, needs.clock.now())
  try {
    const isWritten = await changed(needs, row, after, async (trx) => {
      if (order !== undefined && NEVER_PAID.has(outcome.status)) await ended(needs, trx, order)
      // The event and the audit are written with the failure, and tell of the order that it was.
      if (after.failures > row.failures) await tell(needs, trx, { ...after, order: row.order })
    })
    return isWritten ? outcome.status : 'not_ours'
  } catch (error) {
    if (error instanceof BegunMeanwhile) return 'not_ours'
    throw error
  }
}

/** An order that is to be ended has a payment since it was read: nothing is written, and that is asked about first. */
class BegunMeanwhile extends Error {}

/** After these an order lets go of the row without having been paid. */
const NEVER_PAID: ReadonlySet<string> = new Set<Outcome['status']>(['void', 'not_begun'])

function next(row: AutoTopUpRow, outcome: Outcome, now: number): AutoTopUpRow {
  const free = { order: null, attempts: 0 }
  switch (outcome.status) {
    case 'paid':
      return { ...renewed({ ...row, state: 'ready' }, now), ...free }
    case 'pending':
      return { ...row, state: 'pending', code: null, failedAt: null, nextAt: now + REPORTED_WITHIN_MS }
    case 'void':
      return { ...row, ...free, state: row.state === 'pending' ? 'ready' : row.state, nextAt: now }
    case 'ceiling':
      return { ...row, nextAt: outcome.until }
    case 'without_method':
      return { ...failed(row, 'declined', NO_METHOD, now), nextAt: null }
    case 'not_begun':
      return { ...failed(row, 'declined', outcome.code, now), ...free }
    case 'declined':
    case 'action_required':
      return failed(row, outcome.status, outcome.code, now)
  }
}

function failed(row: AutoTopUpRow, state: TopUpFailure, code: string, now: number): AutoTopUpRow {
  const pause = state === 'declined' ? PAUSES_MS[row.failures] : undefined
  const nextAt = pause === undefined ? null : now + pause
  return { ...row, state, code, failedAt: now, nextAt, failures: row.failures + 1, attempts: row.attempts + 1 }
}

/**
 * Writes the row with what goes with it, if it is the one that was read; whether it was. Keys know whether the top-up of their
 * organization has failed: they are read anew where that is another now.
 */
async function changed(
  needs: PaymentNeeds,
  before: AutoTopUpRow,
  after: AutoTopUpRow,
  more?: (trx: AdminTransaction) => Promise<void>,
): Promise<boolean> {
  const write = async (trx: AdminTransaction): Promise<true | undefined> => {
    if (!(await trx.updateAutoTopUp(after))) return undefined
    await more?.(trx)
    return true
  }
  const isSeen = isTopUpFailure(before.state) || isTopUpFailure(after.state)
  return (await (isSeen ? changeStanding(needs, write) : needs.store.write(write))) ?? false
}

/** @throws BegunMeanwhile */
async function ended(needs: PaymentNeeds, trx: AdminTransaction, { id, organization, payment }: TopUpRow): Promise<void> {
  if (!(await trx.voidTopUp(id, payment, needs.clock.now()))) throw new BegunMeanwhile(id)
  await noteDeed(needs, trx, { action: 'top_up.void', subject: id, organization })
}

async function tell(needs: PaymentNeeds, trx: AdminTransaction, row: AutoTopUpRow): Promise<void> {
  const { clock, random } = needs
  const { organization, order, state, code, nextAt } = row
  const at = clock.now()
  const facts = { topUp: order, amount: formatAmount(row.amount), reason: state, code }
  const data = { ...facts, retryAt: nextAt === null ? null : new Date(nextAt).toISOString() }
  await trx.insertEvent({ id: newId('evt', at, random), type: 'payment.failed', organization, at, data })
  await noteDeed(needs, trx, { action: 'payment.failed', subject: order ?? organization, organization, after: facts })
}

/**
 * The rail has told of a payment that was under way: it is looked at now, not when its time comes. How it stands is asked then: reports
 * come in any order, and more than once.
 */
export async function hasten({ store, clock }: PaymentNeeds, organization: string, order: string): Promise<void> {
  for (;;) {
    const row = await store.read.autoTopUps.get(organization)
    if (row?.order !== order || row.state !== 'pending') return
    if (await store.write((trx) => trx.updateAutoTopUp({ ...row, nextAt: clock.now() }))) return
  }
}

/** A balance that is high enough again, however that came: the next time it is low is a new beginning. */
export async function recover(needs: PaymentNeeds, row: AutoTopUpRow): Promise<void> {
  await changed(needs, row, renewed(row, needs.clock.now()))
}
