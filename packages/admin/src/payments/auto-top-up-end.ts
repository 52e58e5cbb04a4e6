import type { ChargeOutcome } from '@faregate/billing/rails/saved'
import { formatAmount, newId } from '@faregate/core'
import type { AutoTopUpRow } from '../payment-rows.ts'
import type { AdminTransaction } from '../ports.ts'
import { changeStanding, noteDeed, type PaymentNeeds } from './changes.ts'
import { isFailing, renewed } from './methods.ts'

const HOUR_MS = 3_600_000
/** After each failure in a row; then nothing is tried until a method, the terms or the balance change. */
const PAUSES_MS = [1, 6, 24, 72].map((hours) => hours * HOUR_MS)
/** How long the rail may take to report how a payment ended before it is asked. */
const REPORTED_WITHIN_MS = HOUR_MS
/** What is told where there is nothing to charge. */
const NO_METHOD = 'no_payment_method'

type Outcome = ChargeOutcome | { status: 'without_method' } | { status: 'ceiling'; until: number }

/** How a try ended. `not_ours`: somebody else has the row, or has changed it meanwhile. */
export type Ended = Outcome['status'] | 'not_ours'

/** Writes down how a try ended, unless the row was changed meanwhile: then whoever changed it goes on from there. */
export async function endTry(needs: PaymentNeeds, row: AutoTopUpRow, outcome: Outcome): Promise<Ended> {
  const now = needs.clock.now()
  const written =
    outcome.status === 'declined' || outcome.status === 'action_required'
      ? await failed(needs, row, outcome.status, outcome.code)
      : outcome.status === 'without_method'
        ? await failed(needs, row, 'declined', NO_METHOD)
        : await wrote(needs, row, next(row, outcome, now))
  return written ? outcome.status : 'not_ours'
}

function next(
  row: AutoTopUpRow,
  outcome: Exclude<Outcome, { status: 'declined' | 'action_required' | 'without_method' }>,
  now: number,
): AutoTopUpRow {
  switch (outcome.status) {
    case 'paid':
      return { ...renewed({ ...row, state: 'ready' }, now), order: null, attempts: 0 }
    case 'pending':
      return { ...row, state: 'pending', code: null, failedAt: null, nextAt: now + REPORTED_WITHIN_MS }
    case 'void':
      return { ...row, order: null, attempts: 0, nextAt: now }
    case 'ceiling':
      return { ...row, nextAt: outcome.until }
  }
}

/** Keys know whether the top-up of their organization has failed: they are read anew where that is another now. */
async function wrote(needs: PaymentNeeds, before: AutoTopUpRow, after: AutoTopUpRow): Promise<boolean> {
  if (isFailing(before) === isFailing(after)) return needs.store.write((trx) => trx.updateAutoTopUp(after))
  return (await changeStanding(needs, async (trx) => ((await trx.updateAutoTopUp(after)) ? true : undefined))) ?? false
}

async function failed(needs: PaymentNeeds, row: AutoTopUpRow, state: 'declined' | 'action_required', code: string): Promise<boolean> {
  const now = needs.clock.now()
  const pause = state === 'declined' && code !== NO_METHOD ? PAUSES_MS[row.failures] : undefined
  const nextAt = pause === undefined ? null : now + pause
  const after = { ...row, state, code, failedAt: now, nextAt, failures: row.failures + 1, attempts: row.attempts + 1 }
  const told = await changeStanding(needs, async (trx) => {
    if (!(await trx.updateAutoTopUp(after))) return undefined
    await tell(needs, trx, after)
    return true
  })
  return told ?? false
}

/** The event and the audit are written with the failure. */
async function tell(needs: PaymentNeeds, trx: AdminTransaction, row: AutoTopUpRow): Promise<void> {
  const { clock, random } = needs
  const { organization, order, state, code, nextAt } = row
  const at = clock.now()
  const facts = { topUp: order, amount: formatAmount(row.amount), reason: state, code }
  const data = { ...facts, retryAt: nextAt === null ? null : new Date(nextAt).toISOString() }
  await trx.insertEvent({ id: newId('evt', at, random), type: 'payment.failed', organization, at, data })
  await noteDeed(needs, trx, { action: 'payment.failed', subject: order ?? organization, organization, after: facts })
}

/** A payment that was under way has failed, says the rail. What is not under way any more was written down by whoever tried. */
export async function failPending(needs: PaymentNeeds, organization: string, order: string, code: string): Promise<void> {
  const row = await needs.store.read.autoTopUps.get(organization)
  if (row?.order === order && row.state === 'pending') await failed(needs, row, 'declined', code)
}

/** A balance that is high enough again, however that came: the next time it is low is a new beginning. */
export async function recover(needs: PaymentNeeds, row: AutoTopUpRow): Promise<void> {
  await wrote(needs, row, renewed(row, needs.clock.now()))
}
