import { everyItem } from '../lookup.ts'
import type { Check, Finding } from './finding.ts'
import type { Instance } from './rig.ts'

export const billing: Check = async (rig) => [billingFinding((await rig.instance()).billing)]

/** A customer who is refused for lack of balance must be told whom to ask. */
export function billingFinding({ topUpUrl, contact, rail }: Instance['billing']): Finding {
  if (rail !== null) return { check: 'billing', result: 'ok', detail: `refusals for lack of balance link to a page (${rail})` }
  const known = topUpUrl ?? contact
  if (known !== null) return { check: 'billing', result: 'ok', detail: `refusals for lack of balance name ${known}` }
  return {
    check: 'billing',
    result: 'warning',
    detail: 'a customer without balance is not told whom to ask',
    fix: 'faregate settings set billing.contact ADDRESS, or billing.topUpUrl',
  }
}

/** Invoices never change: whoever issues some that ask for money should stand on them before. */
export const seller: Check = async ({ client }) => {
  const organizations = await everyItem((query) => client.listOrganizations({ query: { limit: 500, ...query } }))
  if (!organizations.some(({ billing: { mode } }) => mode === 'arrears')) return []
  const name = (await client.getSettings({})).billing.seller.name.value
  if (name !== null) return [{ check: 'invoices', result: 'ok', detail: `they are issued by ${name}` }]
  const fix = 'faregate settings set billing.seller.name NAME'
  return [{ check: 'invoices', result: 'warning', detail: 'customers pay on invoices that do not say who issues them', fix }]
}

export const ledger: Check = async ({ client }) => {
  const { ok, violations } = await client.verifyLedger({})
  if (ok) return [{ check: 'ledger', result: 'ok', detail: 'every invariant holds' }]
  return [{ check: 'ledger', result: 'failed', detail: `${violations.length} invariants are violated`, fix: 'faregate verify' }]
}
