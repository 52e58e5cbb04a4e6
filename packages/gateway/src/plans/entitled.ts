import { isDenial, type Denial, type Product } from '@faregate/core'
import type { KeyEntry } from '@faregate/identity'
import type { GatewayDeps } from '../deps.ts'
import { note, type Flow } from '../flow.ts'
import { ledgerUnavailable } from '../ledger-unavailable.ts'
import { blocked, notSold, sold } from './denials.ts'
import { withMethod } from './payment-method.ts'
import type { Entitlement, Planned } from './port.ts'

/** Under which plans a key may have a request; undefined: it is sold from the balance, as without plans. */
export async function planned(deps: GatewayDeps, flow: Flow, key: KeyEntry, product: Product): Promise<Planned | Denial | undefined> {
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
    case 'offers': {
      const served = withMethod(deps.settings, key, found)
      if (!isDenial(served)) note(flow, 'entitle', 'ok', { plans: served.offers.map(({ plan }) => plan) })
      return served
    }
    case 'blocked':
      return blocked(deps.settings, key, found)
    case 'unsold':
      return notSold(key, product, found)
    case 'sold':
      return sold(deps.settings, key, product, found)
  }
}
