import type { PaymentRail } from '@faregate/billing/rails/port'
import type { ChargeOutcome } from '@faregate/billing/rails/saved'
import { formatAmount, newId } from '@faregate/core'
import { spanOf } from '@faregate/ledger/period'
import type { AutoTopUpRow } from '../payment-rows.ts'
import type { OrganizationRow } from '../rows.ts'
import { creditTopUp } from '../top-up.ts'
import type { NewTopUp, TopUpRow } from '../top-up-rows.ts'
import { endTry, UNSAID, type Ended } from './auto-top-up-end.ts'
import { noteDeed, type PaymentNeeds } from './changes.ts'

/** Whoever looks at a row is left alone for so long. One who looks meanwhile does no harm: an order has one payment, which succeeds once. */
export const CLAIM_MS = 20_000

/** What one look at an automatic top-up stands on. */
interface Claim {
  row: AutoTopUpRow
  organization: OrganizationRow
  /** What has not ended yet, as far as the row knows. */
  order: TopUpRow | undefined
  /** Whether the balance is too low. */
  wanted: boolean
  /** Who is charged, and with what. */
  payer: Payer | undefined
}

interface Payer {
  customer: string
  method: string
}

/** The order that is being paid. */
type Paying = Pick<Claim, 'row' | 'organization'> & { order: TopUpRow }

/**
 * Takes the automatic top-up of an organization one step on: asks what became of an order that was begun, ends one that is not wanted
 * any more, or charges the one that is. The row names one order at most, and lets go of it only once that is paid or never will be; so
 * the rail is paid once for a low balance, however many processes look at it, and whenever they are killed. Rejects where the rail or
 * the database does not answer; then it is looked at again.
 */
export async function topUpNow(needs: PaymentNeeds, rail: PaymentRail, due: AutoTopUpRow): Promise<Ended> {
  const claim = await claimed(needs, due)
  if (claim === undefined) return 'not_ours'
  const { row, order, wanted, payer } = claim
  const known = await knownOf(rail, claim)
  if (known !== undefined) return settled(needs, rail, claim, known)
  if (wanted && payer === undefined) return endTry(needs, claim, { status: 'without_method' })
  const until = wanted ? await fullUntil(needs, claim) : undefined
  const goesOn = wanted && until === undefined
  if (order !== undefined && !(goesOn && order.amount === row.amount)) return settled(needs, rail, claim, await withdrawn(rail, order))
  if (until !== undefined) return endTry(needs, claim, { status: 'ceiling', until })
  if (!goesOn || payer === undefined) return endTry(needs, claim, { status: 'void' })
  return charged(needs, rail, order === undefined ? await ordered(needs, rail, claim) : { ...claim, order }, payer)
}

/** Has an automatic top-up that was switched off let go of its order: it resolves once nothing of that can be charged any more. */
export async function windUp(needs: PaymentNeeds, rail: PaymentRail, organization: string): Promise<void> {
  for (;;) {
    const row = await needs.store.read.autoTopUps.get(organization)
    if (row === undefined || row.enabled || row.order === null) return
    if ((await topUpNow(needs, rail, row)) !== 'not_ours') return
  }
}

/** Takes the row for a while: of several processes that see it due, one does. */
async function claimed({ store, clock }: PaymentNeeds, due: AutoTopUpRow): Promise<Claim | undefined> {
  const { organization: id } = due
  return store.write(async (trx) => {
    const organization = await trx.organizations.get(id)
    if (organization === undefined || !(await trx.updateAutoTopUp({ ...due, nextAt: clock.now() + CLAIM_MS }))) return undefined
    const row = { ...due, revision: due.revision + 1 }
    const method = (await trx.paymentMethods.ofOrganization(id)).find((one) => one.preferred && one.verified)
    const customer = await trx.paymentCustomers.get(id)
    const payer = method === undefined || customer === undefined ? undefined : { customer: customer.reference, method: method.reference }
    const order = row.order === null ? undefined : await trx.topUps.get(row.order)
    return { row, organization, order, wanted: await trx.autoTopUps.isWanted(id, clock.now()), payer }
  })
}

/** What became of the order; undefined: nothing was charged for it, and nothing is under way. */
async function knownOf(rail: PaymentRail, { row, order }: Claim): Promise<ChargeOutcome | undefined> {
  if (order === undefined) return undefined
  if (order.paid !== null) return { status: 'paid' }
  if (order.payment === null) return undefined
  const now = await rail.standing(order.payment)
  if (now.status !== 'open') return now
  const hasFailed = row.state === 'pending' && row.enabled
  return hasFailed ? (now.refusal ?? { status: 'declined', code: UNSAID }) : undefined
}

/** Until when the ceiling leaves no room for another payment: the next month, in the zone of the organization. */
async function fullUntil({ store, clock }: PaymentNeeds, { row, organization }: Claim): Promise<number | undefined> {
  const now = clock.now()
  const { from, until } = spanOf('month', organization.zone, now)
  const paid = await store.read.topUps.automaticSince(organization.id, from)
  return paid + row.amount > row.ceiling ? (until ?? now) : undefined
}

/** Ends an order that is not to be paid any more, unless it was, or may still be. */
async function withdrawn(rail: PaymentRail, { payment }: TopUpRow): Promise<ChargeOutcome> {
  return { status: payment === null ? 'void' : await rail.withdraw(payment) }
}

/** Writes the order down before the rail is asked. Rejects where somebody has changed the terms meanwhile: they hold the next time. */
async function ordered(needs: PaymentNeeds, rail: PaymentRail, claim: Claim): Promise<Paying> {
  const { store, clock, random } = needs
  const { row, organization } = claim
  const now = clock.now()
  const id = newId('pay', now, random)
  const { amount } = row
  const facts = { automatic: true, payment: null, plan: null }
  const order: NewTopUp = { id, organization: organization.id, rail: rail.name, amount, createdAt: now, ...facts }
  const standing = { ...row, order: id, attempts: 0, nextAt: now + CLAIM_MS }
  return store.write(async (trx) => {
    await trx.insertTopUp(order)
    if (!(await trx.updateAutoTopUp(standing))) throw new Error('the automatic top-up was changed meanwhile')
    const after = { amount: formatAmount(amount) }
    await noteDeed(needs, trx, { action: 'top_up.automatic', subject: id, organization: organization.id, after })
    const fresh = { ...order, paid: null, voidAt: null, refunded: 0n }
    return { row: { ...standing, revision: row.revision + 1 }, organization, order: fresh }
  })
}

async function charged(needs: PaymentNeeds, rail: PaymentRail, paying: Paying, { customer, method }: Payer): Promise<Ended> {
  const { row, order, organization } = paying
  const { id, amount } = order
  let { payment } = order
  if (payment === null) {
    // The same whatever the organization is called by then: it is one call, however often it is made.
    const facts = { amount, currency: needs.currency, title: 'Automatic top-up' }
    const begun = await rail.begin({ id, organization: organization.id, customer, ...facts })
    if (begun.status === 'declined') return endTry(needs, paying, { status: 'not_begun', code: begun.code })
    payment = begun.payment
    if (!(await named(needs, rail, id, payment))) return 'not_ours'
  }
  const outcome = await rail.charge({ payment, method, attempt: row.attempts })
  return settled(needs, rail, { row, order: { ...order, payment } }, outcome)
}

/**
 * Keeps the name of the payment before anything can be charged by it. An order that was ended while it was begun, because it is not
 * wanted any more, takes none: then nothing is charged.
 */
async function named({ store }: PaymentNeeds, rail: PaymentRail, order: string, payment: string): Promise<boolean> {
  const isNamed = await store.write((trx) => trx.nameTopUpPayment(order, payment))
  if (!isNamed) await rail.withdraw(payment)
  return isNamed
}

/** What was paid is credited before anything else is written: killed in between, it is found paid the next time. */
async function settled(
  needs: PaymentNeeds,
  rail: PaymentRail,
  { row, order }: Pick<Claim, 'row' | 'order'>,
  outcome: ChargeOutcome,
): Promise<Ended> {
  if (outcome.status === 'paid' && order?.payment != null && order.paid === null) {
    const { id, organization, amount, payment } = order
    const paid = { order: id, organization, amount, currency: needs.currency, reference: payment }
    const { status } = await creditTopUp(needs, rail, paid)
    if (status !== 'credited' && status !== 'again') throw new Error(`the payment of ${id} was not credited: ${status}`)
  }
  return endTry(needs, { row, order }, outcome)
}
