import type { Checkout, MethodTold, NoCheckout, PaymentRail } from '@faregate/billing/rails/port'
import { isTopUpFailure } from '@faregate/core'
import type { AutoTopUpRow, PaymentMethodRow } from '../payment-rows.ts'
import type { AdminTransaction } from '../ports.ts'
import type { OrganizationRow } from '../rows.ts'
import { changeStanding, noteDeed, type PaymentNeeds } from './changes.ts'

/** Whoever pays for an organization, as the rail names it: asked for once, and kept. */
async function customerOf({ store }: PaymentNeeds, rail: PaymentRail, { id, name }: OrganizationRow): Promise<string> {
  const known = await store.read.paymentCustomers.get(id)
  if (known !== undefined) return known.reference
  const reference = await rail.customer({ id, name })
  await store.write((trx) => trx.insertPaymentCustomer(id, { rail: rail.name, reference }))
  return (await store.read.paymentCustomers.get(id))?.reference ?? reference
}

/** Another customer in the place of one that the rail does not know any more; the methods of that one are gone with it. */
async function replaceCustomer(needs: PaymentNeeds, rail: PaymentRail, { id, name }: OrganizationRow, known: string): Promise<string> {
  const reference = await rail.customer({ id, name, replaces: known })
  await changeStanding(needs, async (trx) => {
    if (!(await trx.replacePaymentCustomer(id, known, reference))) return undefined
    for (const row of await trx.paymentMethods.ofOrganization(id)) {
      await trx.deletePaymentMethod(row.id)
      await noteRemoval(needs, trx, row, 'system')
    }
    return true
  })
  return (await needs.store.read.paymentCustomers.get(id))?.reference ?? reference
}

const NO_PAGE = { status: 'unavailable', reason: 'No page could be opened; nothing was saved' } as const
const NO_CUSTOMER = { ...NO_PAGE, operatorDetail: 'the rail does not know a customer that it has just made' }

/** Opens a page on which a payment method is saved; the same id again opens the same page. */
export async function openSetup(
  needs: PaymentNeeds,
  rail: PaymentRail,
  { id, organization, returnTo }: { id: string; organization: OrganizationRow; returnTo: string },
): Promise<Checkout | NoCheckout> {
  try {
    const customer = await customerOf(needs, rail, organization)
    const setup = { id, organization: organization.id, currency: needs.currency, returnTo }
    const opened = await rail.setup({ ...setup, customer })
    if (opened.status !== 'unknown_customer') return opened
    const again = await rail.setup({ ...setup, customer: await replaceCustomer(needs, rail, organization, customer) })
    return again.status === 'unknown_customer' ? NO_CUSTOMER : again
  } catch (error) {
    return { ...NO_PAGE, operatorDetail: String(error) }
  }
}

/** How it stands with a method that a rail tells of: `mismatch` where it belongs to somebody else than it says. */
export type Kept = { status: 'kept' | 'again' } | { status: 'mismatch'; members: string[] }

/**
 * Keeps a method that was saved, or its new state, once. An automatic top-up that had failed is tried again, now that there is
 * something else to charge.
 */
export async function keepMethod(needs: PaymentNeeds, rail: PaymentRail, told: MethodTold): Promise<Kept> {
  const { organization } = told
  const customer = await needs.store.read.paymentCustomers.get(organization)
  if (customer?.reference !== told.customer) return { status: 'mismatch', members: ['customer'] }
  const kept = await changeStanding(needs, async (trx) => {
    const known = await trx.paymentMethods.named(rail.name, told.reference)
    if (known !== undefined && !isOther(known, told)) return undefined
    const id = known?.id ?? told.setup
    const row = { ...factsOf(told), id, organization, rail: rail.name, preferred: false, createdAt: needs.clock.now() }
    if (known === undefined) await trx.insertPaymentMethod(row)
    else await trx.updatePaymentMethod(id, told)
    if (await isToBeCharged(trx, told)) {
      await trx.preferPaymentMethod(organization, id)
      if (told.verified) await tryAgain(needs, trx, organization)
    }
    await noteDeed(needs, trx, { action: 'payment_method.save', subject: id, organization, after: shownOf(told) })
    return true
  })
  return { status: kept === undefined ? 'again' : 'kept' }
}

/** The first of an organization is charged from now on; so is one that can be, in the place of one that cannot, or was refused. */
async function isToBeCharged(trx: AdminTransaction, { organization, verified }: MethodTold): Promise<boolean> {
  const charged = (await trx.paymentMethods.ofOrganization(organization)).find(({ preferred }) => preferred)
  if (charged === undefined) return true
  const topUp = await trx.autoTopUps.get(organization)
  return verified && (!charged.verified || (topUp !== undefined && isTopUpFailure(topUp.state)))
}

function factsOf({ reference, kind, label, lastFour, expires, verified, saving }: MethodTold) {
  return { reference, kind, label, lastFour, expires, verified, saving }
}

function shownOf({ kind, label, lastFour, expires, verified }: Omit<MethodTold, 'status' | 'setup' | 'customer' | 'organization'>) {
  return { kind, label, lastFour, expires, verified }
}

function isOther(known: PaymentMethodRow, told: MethodTold): boolean {
  return (['label', 'lastFour', 'expires', 'verified'] as const).some((member) => known[member] !== told[member])
}

/** Takes a method away, at the rail first; the newest of the others is charged from then on. */
export async function removeMethod(needs: PaymentNeeds, rail: PaymentRail, row: PaymentMethodRow, actor: string): Promise<void> {
  await rail.remove(row.reference)
  await dropMethod(needs, row, actor)
}

/** Forgets a method that the rail says is gone. */
export async function forgetMethod(needs: PaymentNeeds, rail: PaymentRail, reference: string): Promise<void> {
  const row = await needs.store.read.paymentMethods.named(rail.name, reference)
  if (row !== undefined) await dropMethod(needs, row, 'system')
}

/** Unless it is gone already. What is charged, and what there is to charge, is known in the transaction alone. */
async function dropMethod(needs: PaymentNeeds, { id }: PaymentMethodRow, actor: string): Promise<void> {
  await changeStanding(needs, async (trx) => {
    const row = await trx.paymentMethods.get(id)
    if (row === undefined) return undefined
    await drop(needs, trx, row, actor)
    return true
  })
}

async function drop(needs: PaymentNeeds, trx: AdminTransaction, row: PaymentMethodRow, actor: string): Promise<void> {
  const { id, organization, preferred } = row
  await trx.deletePaymentMethod(id)
  const others = await trx.paymentMethods.ofOrganization(organization)
  const next = others.find((one) => one.verified) ?? others[0]
  if (preferred && next !== undefined) {
    await trx.preferPaymentMethod(organization, next.id)
    if (next.verified) await tryAgain(needs, trx, organization)
  }
  await noteRemoval(needs, trx, row, actor)
}

function noteRemoval(needs: PaymentNeeds, trx: AdminTransaction, row: PaymentMethodRow, actor: string): Promise<void> {
  const { id: subject, organization } = row
  return noteDeed(needs, trx, { actor, action: 'payment_method.remove', subject, organization, after: shownOf(row) })
}

/**
 * Has another method charged from now on; an automatic top-up that had failed is tried again with it. Not one that is gone, or that
 * nothing can be charged to yet.
 */
export async function preferMethod(
  needs: PaymentNeeds,
  { id, organization }: PaymentMethodRow,
  actor: string,
): Promise<'preferred' | 'gone' | 'unverified'> {
  const done = await changeStanding(needs, async (trx) => {
    const row = await trx.paymentMethods.get(id)
    if (row?.verified !== true) return undefined
    await trx.preferPaymentMethod(organization, id)
    await tryAgain(needs, trx, organization)
    await noteDeed(needs, trx, { actor, action: 'payment_method.prefer', subject: id, organization })
    return true
  })
  if (done !== undefined) return 'preferred'
  return (await needs.store.read.paymentMethods.get(id)) === undefined ? 'gone' : 'unverified'
}

/** There is something new to try with: at once, as another attempt, and as if nothing had failed. */
async function tryAgain({ clock }: PaymentNeeds, trx: AdminTransaction, organization: string): Promise<void> {
  for (;;) {
    const row = await trx.autoTopUps.get(organization)
    // Whoever tries just now may write down how that ended in between.
    if (row === undefined || (await trx.updateAutoTopUp(renewed(row, clock.now())))) return
  }
}

/** As if nothing had failed. A payment that is under way stays so. */
export function renewed(row: AutoTopUpRow, now: number): AutoTopUpRow {
  const clean = { failures: 0, code: null, failedAt: null }
  return row.state === 'pending' ? { ...row, ...clean } : { ...row, ...clean, state: 'ready', attempts: row.attempts + 1, nextAt: now }
}
