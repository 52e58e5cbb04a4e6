import { formatAmount, newId, type Clock, type Nano, type Random } from '@faregate/core'
import type { Checkout, NoCheckout, Payment, PaymentRail } from '@faregate/billing/rails/port'
import type { Ledger } from '@faregate/ledger/port'
import { attachedAuditOf, auditRowOf } from './audit-row.ts'
import { grantOnce } from './grant-once.ts'
import type { AdminStore } from './ports.ts'
import type { OrganizationRow } from './rows.ts'
import type { TopUpRow } from './top-up-rows.ts'

/** What ordering and crediting top-ups needs. */
export interface TopUpNeeds {
  store: AdminStore
  ledger: Ledger
  clock: Clock
  random: Random
  currency: string
}

export interface TopUpOrder {
  id: string
  organization: OrganizationRow
  amount: Nano
  returnTo: string
  /** For the audit. */
  actor: string
  /** The plan that is subscribed to once it is paid. */
  plan?: NonNullable<TopUpRow['plan']>
}

/**
 * Writes the order down and opens a page on which it can be paid; the same id again opens the same page. `taken`: the id
 * is that of an order of another amount, or for somebody else.
 */
export async function openTopUp(
  needs: TopUpNeeds,
  rail: PaymentRail,
  order: TopUpOrder,
): Promise<Checkout | NoCheckout | { status: 'taken' }> {
  const { store, clock, currency } = needs
  const { id, organization, amount, returnTo, actor } = order
  const facts = { automatic: false, payment: null, plan: order.plan ?? null }
  const row = { id, organization: organization.id, rail: rail.name, amount, createdAt: clock.now(), ...facts }
  await store.write(async (trx) => {
    if (!(await trx.insertTopUp(row))) return
    const after = { rail: rail.name, amount: formatAmount(amount), ...(row.plan === null ? {} : { plan: row.plan }) }
    await trx.insertAudit(auditRowOf(needs, { actor, action: 'top_up.create', subject: id, organization: organization.id, after }))
  })
  const known = await store.read.topUps.get(id)
  if (known?.amount !== amount || known.organization !== organization.id || !isSame(known.plan, row.plan)) return { status: 'taken' }
  const title = row.plan === null ? `Credit for ${organization.name}` : `Plan ${row.plan.name} for ${organization.name}`
  return rail.checkout({ id, organization: organization.id, amount, currency, title, returnTo })
}

function isSame(one: TopUpRow['plan'], other: TopUpRow['plan']): boolean {
  return one?.name === other?.name && one?.version === other?.version
}

/** How a payment was taken: `again`: it was credited before. Of `unknown` and `mismatch` nothing is credited. */
export type Credited = { status: 'credited' | 'again'; order: TopUpRow } | { status: 'unknown' } | Mismatch

export interface Mismatch {
  status: 'mismatch'
  members: string[]
}

/** What of a payment is not what was ordered. */
export function mismatchOf(
  row: TopUpRow,
  currency: string,
  told: Pick<Payment, 'organization' | 'currency'> & { rail: string; amount?: Nano },
): Mismatch | undefined {
  const ordered = { organization: row.organization, amount: row.amount, currency, rail: row.rail }
  const compared = (['organization', 'amount', 'currency', 'rail'] as const).filter((member) => told[member] !== undefined)
  const members = compared.filter((member) => ordered[member] !== told[member])
  return members.length === 0 ? undefined : { status: 'mismatch', members }
}

/**
 * Credits what a rail says was paid, if that is what was ordered. The grant's id follows from the order's, so that the
 * ledger credits it once, however often and from how many sides it is told. Rejects when the database does not answer.
 */
export async function creditTopUp(needs: TopUpNeeds, rail: Pick<PaymentRail, 'name'>, paid: Payment): Promise<Credited> {
  const row = await needs.store.read.topUps.get(paid.order)
  if (row === undefined) return { status: 'unknown' }
  const mismatch = mismatchOf(row, needs.currency, { ...paid, rail: rail.name })
  if (mismatch !== undefined) return mismatch
  const grant = row.id.replace(/^pay_/, 'gr_')
  const { store, clock, random } = needs
  const at = clock.now()
  const facts = { amount: formatAmount(row.amount), rail: row.rail, reference: paid.reference }
  const told = { topUp: row.id, ...facts, automatic: row.automatic }
  const { organization, amount } = row
  const event = { id: newId('evt', at, random), type: 'top_up.paid', organization, at, data: told }
  const reason = row.automatic ? `automatic top-up ${row.id}` : `top-up ${row.id}`
  const now = await grantOnce(needs, { id: grant, organization, amount, reason }, [
    attachedAuditOf(needs, { action: 'top_up.paid', subject: row.id, organization, after: { grant, ...facts } }),
    { table: 'top_up_ends', values: { top_up_id: row.id, grant_id: grant, reference: paid.reference, at } },
    ...(await store.read.webhooks.deliveriesOf(event)),
  ])
  return { status: now ? 'credited' : 'again', order: row }
}
