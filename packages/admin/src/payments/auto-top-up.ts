import type { PaymentRail } from '@faregate/billing/rails/port'
import type { Begun, ChargeOutcome } from '@faregate/billing/rails/saved'
import { formatAmount, newId } from '@faregate/core'
import { spanOf } from '@faregate/ledger/period'
import type { AutoTopUpRow, PaymentMethodRow } from '../payment-rows.ts'
import type { OrganizationRow } from '../rows.ts'
import { creditTopUp } from '../top-up.ts'
import type { NewTopUp, TopUpRow } from '../top-up-rows.ts'
import { endTry, type Ended } from './auto-top-up-end.ts'
import { noteDeed, type PaymentNeeds } from './changes.ts'

/** Whoever tries is left alone for so long. One who tries meanwhile does no harm: a payment succeeds once. */
export const CLAIM_MS = 20_000

/** What one try stands on. */
interface Claim {
  row: AutoTopUpRow
  organization: OrganizationRow
  customer: string
  method: PaymentMethodRow
  /** What is being paid already. */
  order: TopUpRow | undefined
}

/**
 * Tops an organization up whose balance is below its threshold: one order at a time, of which the rail is paid at most once, however
 * many processes try, and whenever they are killed. Rejects where the rail or the database does not answer; then it is tried again.
 */
export async function topUpNow(needs: PaymentNeeds, rail: PaymentRail, due: AutoTopUpRow): Promise<Ended> {
  const claim = await claimed(needs, due)
  if (claim === 'not_ours') return 'not_ours'
  if ('without' in claim) return endTry(needs, claim.row, { status: 'without_method' })
  const { row, organization } = claim
  const order = await standingOrder(needs, rail, claim)
  if (order === 'ended') return 'paid'
  const room = roomOf(needs, organization)
  if ((await needs.store.read.topUps.automaticSince(organization.id, room.from)) + row.amount > row.ceiling)
    return endTry(needs, row, { status: 'ceiling', until: room.until })
  if (order !== undefined) return paid(needs, rail, claim, order)
  const fresh = await ordered(needs, rail, claim)
  return paid(needs, rail, { ...claim, row: fresh.row }, fresh.order)
}

/** Takes the row for a while: of several processes that see it due, one does. */
async function claimed(
  { store, clock }: PaymentNeeds,
  due: AutoTopUpRow,
): Promise<Claim | { without: true; row: AutoTopUpRow } | 'not_ours'> {
  const { organization: id } = due
  return store.write(async (trx) => {
    const organization = await trx.organizations.get(id)
    if (organization === undefined || !(await trx.updateAutoTopUp({ ...due, nextAt: clock.now() + CLAIM_MS }))) return 'not_ours'
    const row = { ...due, revision: due.revision + 1 }
    const method = (await trx.paymentMethods.ofOrganization(id)).find((one) => one.preferred && one.verified)
    const customer = await trx.paymentCustomers.get(id)
    if (method === undefined || customer === undefined) return { without: true, row }
    const order = row.order === null ? undefined : await trx.topUps.get(row.order)
    return { row, organization, customer: customer.reference, method, order: order?.paid === null ? order : undefined }
  })
}

/** The order that goes on; one of another amount than is wanted now is ended first. `ended`: it turned out to be paid. */
async function standingOrder(needs: PaymentNeeds, rail: PaymentRail, { row, order }: Claim): Promise<TopUpRow | 'ended' | undefined> {
  if (order === undefined || order.amount === row.amount) return order
  if (order.payment === null) return undefined
  const withdrawn = await rail.withdraw(order.payment)
  if (withdrawn === 'void') return undefined
  await endCharge(needs, rail, row, order, { status: withdrawn })
  return 'ended'
}

/** The month that counts for the ceiling, in the zone of the organization. */
function roomOf({ clock }: PaymentNeeds, { zone }: OrganizationRow): { from: number; until: number } {
  const now = clock.now()
  const { from, until } = spanOf('month', zone, now)
  return { from, until: until ?? now }
}

/** Writes the order down before the rail is asked. Rejects where somebody has changed the terms meanwhile: they hold the next time. */
async function ordered(
  needs: PaymentNeeds,
  rail: PaymentRail,
  { row, organization: { id: organization } }: Claim,
): Promise<{ row: AutoTopUpRow; order: TopUpRow }> {
  const { store, clock, random } = needs
  const now = clock.now()
  const id = newId('pay', now, random)
  const facts = { automatic: true, payment: null, plan: null }
  const order: NewTopUp = { id, organization, rail: rail.name, amount: row.amount, createdAt: now, ...facts }
  const standing = { ...row, order: id, attempts: 0, nextAt: now + CLAIM_MS }
  return store.write(async (trx) => {
    await trx.insertTopUp(order)
    if (!(await trx.updateAutoTopUp(standing))) throw new Error('the automatic top-up was changed meanwhile')
    await noteDeed(needs, trx, { action: 'top_up.automatic', subject: id, organization, after: { amount: formatAmount(row.amount) } })
    return { row: { ...standing, revision: row.revision + 1 }, order: { ...order, paid: null, refunded: 0n } }
  })
}

async function paid(needs: PaymentNeeds, rail: PaymentRail, claim: Claim, order: TopUpRow): Promise<Ended> {
  const { row, organization, customer, method } = claim
  const begun = await begin(needs, rail, { order, organization, customer })
  if (begun.status === 'declined') return endTry(needs, row, begun)
  const { payment } = begun
  const outcome = await rail.charge({ payment, method: method.reference, attempt: row.attempts })
  return endCharge(needs, rail, row, { ...order, payment }, outcome)
}

/** The name of the payment is kept before anything can be charged by it. */
async function begin(
  { store, currency }: PaymentNeeds,
  rail: PaymentRail,
  { order, organization, customer }: { order: TopUpRow; organization: OrganizationRow; customer: string },
): Promise<Begun> {
  const { id, amount, payment } = order
  if (payment !== null) return { status: 'begun', payment }
  // The same whatever the organization is called by then: it is one call, however often it is made.
  const title = 'Automatic top-up'
  const begun = await rail.begin({ id, organization: organization.id, amount, currency, title, customer })
  if (begun.status === 'begun') await store.write((trx) => trx.nameTopUpPayment(id, begun.payment))
  return begun
}

/** What was paid is credited before anything else is written: killed in between, it is found paid the next time. */
async function endCharge(
  needs: PaymentNeeds,
  rail: PaymentRail,
  row: AutoTopUpRow,
  { id: order, organization, amount, payment }: TopUpRow,
  outcome: ChargeOutcome,
): Promise<Ended> {
  if (outcome.status === 'paid' && payment !== null) {
    await creditTopUp(needs, rail, { order, organization, amount, currency: needs.currency, reference: payment })
  }
  return endTry(needs, row, outcome)
}
