import type { Denial, PriceRule, Product } from '@faregate/core'
import type { KeyEntry } from '@faregate/identity'
import type { GatewayDeps } from '../deps.ts'
import type { Flow } from '../flow.ts'
import { ledgerUnavailable } from '../ledger-unavailable.ts'
import { firstOf } from '../limits/denial.ts'
import { blocked, notSold, sold } from './denials.ts'
import { withMethod } from './payment-method.ts'
import type { Entitlement, Planned } from './port.ts'

/** What would be wrong with the price of the request under a rule, however that is paid for. */
export type Flaw = (rule: PriceRule) => Denial | undefined

/**
 * Under which plans a key may have a request; undefined: it is sold from the balance, as without plans. Nobody is asked to
 * pay for what has no price under any plan that is offered: that is the operator's to mend first.
 */
export async function planned(
  deps: GatewayDeps,
  flow: Flow,
  key: KeyEntry,
  product: Product,
  flaw: Flaw = () => undefined,
): Promise<Planned | Denial | undefined> {
  flow.step = 'subscription'
  let found: Entitlement
  try {
    const answer = deps.plans.entitlement(key.organization.id, product)
    found = answer instanceof Promise ? await answer : answer
  } catch (error) {
    return ledgerUnavailable(error)
  }
  switch (found.kind) {
    case 'balance':
      return undefined
    case 'offers':
      return withMethod(deps.settings, key, found)
    case 'blocked':
      return unlessFlawed(blocked(deps.settings, key, found), [found.rule], flaw)
    case 'unsold':
      return notSold(key, product, found)
    case 'sold':
      return unlessFlawed(
        sold(deps.settings, key, product, found),
        found.sales.map(({ rule }) => rule),
        flaw,
      )
  }
}

function unlessFlawed(denial: Denial, rules: PriceRule[], flaw: Flaw): Denial {
  const flaws = rules.map(flaw)
  const [first] = flaws
  return flaws.every((one) => one !== undefined) ? firstOf(denial, first) : denial
}
