import { formatAmount, newId, walletOf, type Clock, type Nano, type Random } from '@faregate/core'
import type { Checkout, NoCheckout, PaymentRail, Report } from '@faregate/billing/rails/port'
import type { Ledger } from '@faregate/ledger/port'
import { USUAL_PRIORITY } from './operation.ts'
import type { AdminStore } from './ports.ts'
import type { OrganizationRow } from './rows.ts'

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
  const { store, clock, random, currency } = needs
  const { id, organization, amount, returnTo, actor } = order
  const row = { id, organization: organization.id, rail: rail.name, amount, createdAt: clock.now() }
  await store.write(async (trx) => {
    if (!(await trx.insertTopUp(row))) return
    const event = { actor, action: 'top_up.create', subject: id, organization: organization.id, before: null }
    const after = JSON.stringify({ rail: rail.name, amount: formatAmount(amount) })
    await trx.insertAudit({ id: newId('au', clock.now(), random), at: clock.now(), ...event, after })
  })
  const known = await store.read.topUps.get(id)
  if (known?.amount !== amount || known.organization !== organization.id) return { status: 'taken' }
  return rail.checkout({ id, organization: organization.id, amount, currency, title: `Credit for ${organization.name}`, returnTo })
}

/** How a payment was taken: `again`: it was credited before. Of `unknown` and `mismatch` nothing is credited. */
export type Credited = { status: 'credited' | 'again' | 'unknown' } | { status: 'mismatch'; members: string[] }

/**
 * Credits what a rail says was paid, if that is what was ordered. The grant's id follows from the order's, so that the
 * ledger credits it once, however often and from how many sides it is told. Rejects when the database does not answer.
 */
export async function creditTopUp(needs: TopUpNeeds, rail: PaymentRail, paid: Extract<Report, { status: 'paid' }>): Promise<Credited> {
  const row = await needs.store.read.topUps.get(paid.order)
  if (row === undefined) return { status: 'unknown' }
  const ordered = { organization: row.organization, amount: row.amount, currency: needs.currency, rail: row.rail }
  const told = { ...paid, rail: rail.name }
  const members = (['organization', 'amount', 'currency', 'rail'] as const).filter((member) => ordered[member] !== told[member])
  if (members.length > 0) return { status: 'mismatch', members }
  const grant = row.id.replace(/^pay_/, 'gr_')
  const { clock, random } = needs
  const at = clock.now()
  const after = JSON.stringify({ grant, amount: formatAmount(row.amount), rail: row.rail, reference: paid.reference })
  const audit = { id: newId('au', at, random), at, actor: 'system', action: 'top_up.paid', subject: row.id, before: null, after }
  const outcome = await needs.ledger.submit(
    {
      type: 'grant',
      id: grant,
      account: walletOf(row.organization),
      amount: row.amount,
      priority: USUAL_PRIORITY,
      expiresAt: null,
      reason: `top-up ${row.id}`,
    },
    {
      attach: [
        { table: 'audit', values: { ...audit, organization_id: row.organization } },
        { table: 'top_up_ends', values: { top_up_id: row.id, grant_id: grant, reference: paid.reference, at } },
      ],
    },
  )
  if (outcome.status === 'ok') return { status: 'credited' }
  if (outcome.status === 'exists') return { status: 'again' }
  throw new Error(`the ledger answered ${outcome.status} to a top-up`)
}
