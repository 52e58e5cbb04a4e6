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

export const ledger: Check = async ({ client }) => {
  const { ok, violations } = await client.verifyLedger({})
  if (ok) return [{ check: 'ledger', result: 'ok', detail: 'every invariant holds' }]
  return [{ check: 'ledger', result: 'failed', detail: `${violations.length} invariants are violated`, fix: 'faregate verify' }]
}
