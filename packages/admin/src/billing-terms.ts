import { formatAmount, parseDecimal, walletOf, type Nano } from '@faregate/core'
import type { Call } from './call.ts'
import { auditRow } from './change.ts'
import { requirePermission } from './credential.ts'
import { submit } from './operation.ts'
import { found } from './refusal.ts'
import type { BillingTerms, OrganizationRow } from './rows.ts'

type Body = Call<'updateOrganization'>['body']
type Credit = Pick<Body, 'overdraft' | 'billing'>

/** How an organization is billed, as it was sent; prepaid where nothing was. */
export function billingOf(sent: Body['billing']): BillingTerms {
  if (sent === undefined || sent.mode === 'prepaid') return { mode: 'prepaid', creditLimit: 0n }
  return { mode: 'arrears', creditLimit: parseDecimal(sent.creditLimit) ?? 0n }
}

/** What stands on the invoices of an organization, with what was sent of it. */
export function billToOf(known: OrganizationRow['billTo'], sent: Body['billTo']): OrganizationRow['billTo'] {
  const given = Object.entries(sent ?? {}).filter(([, value]) => value !== undefined)
  return { ...known, ...(Object.fromEntries(given) as Partial<OrganizationRow['billTo']>) }
}

/**
 * Sets how far calls, and costs beyond their holds, may take the balance below zero: this is credit, so it needs the permission of
 * grants. Holds that were admitted before stay. What was not sent stays as it is.
 */
export async function setCredit(call: Call<'updateOrganization'>, { overdraft, billing }: Credit): Promise<void> {
  if (overdraft === undefined && billing === undefined) return
  const { deps, credential, params } = call
  const { id } = params
  requirePermission(credential, 'money:write')
  const balance = found(await deps.store.read.money.balance(id, deps.clock.now()), 'wallet of organization', id)
  const row = found(await deps.store.read.organizations.get(id), 'organization', id)
  const after = {
    overdraft: overdraft === undefined ? balance.overdraft : (parseDecimal(overdraft) ?? 0n),
    billing: billing === undefined ? row.billing : billingOf(billing),
  }
  const event = {
    action: billing === undefined ? 'organization.overdraft' : 'organization.billing',
    subject: id,
    organization: id,
    before: shown(balance.overdraft, row.billing),
    after: shown(after.overdraft, after.billing),
  }
  const { creditLimit } = after.billing
  const wallet = { type: 'wallet', account: walletOf(id), unit: deps.currency, overdraft: after.overdraft, creditLimit } as const
  const { status } = await submit(call, wallet, event)
  // What is known of a key tells of its organization's credit, so keys have to be read anew.
  await deps.store.write(async (trx) => {
    await trx.updateOrganization(id, after)
    await trx.bumpConfiguration()
    // The wallet was as it should be, so that nothing was written with it.
    if (status === 'exists') await trx.insertAudit(auditRow(call, event))
  })
  await deps.changed()
}

function shown(overdraft: Nano, { mode, creditLimit }: BillingTerms) {
  return { overdraft: formatAmount(overdraft), billing: { mode, creditLimit: formatAmount(creditLimit) } }
}
