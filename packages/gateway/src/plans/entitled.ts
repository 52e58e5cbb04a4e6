import type { Denial } from '@faregate/core'
import { allowsModel, type KeyEntry } from '@faregate/identity'
import type { GatewayDeps } from '../deps.ts'
import { note, type Flow } from '../flow.ts'
import { ledgerUnavailable } from '../ledger-unavailable.ts'
import { blocked, notSold, sold } from './denials.ts'
import type { Entitlement, Planned } from './port.ts'

const MOST_ALTERNATIVES = 5

/** Under which plans a key may have a model; undefined: it is sold from the balance, as without plans. */
export async function planned(deps: GatewayDeps, flow: Flow, key: KeyEntry, model: string): Promise<Planned | Denial | undefined> {
  let found: Entitlement
  try {
    const answer = deps.plans.entitlement(key.organization.id, model)
    found = answer instanceof Promise ? await answer : answer
  } catch (error) {
    return ledgerUnavailable(error)
  }
  switch (found.kind) {
    case 'balance':
      return undefined
    case 'offers':
      note(flow, 'entitle', 'ok', { plans: found.offers.map(({ plan }) => plan) })
      return found
    case 'blocked':
      return blocked(deps.settings, key, found)
    case 'unsold':
      return notSold(key, model)
    case 'sold':
      return { ...sold(deps.settings, key, model, found), ...(await alternatives(deps, key, model, found.by)) }
  }
}

/** Models that are served to this key now, where another plan is not the only way on. */
async function alternatives(deps: GatewayDeps, key: KeyEntry, model: string, by: string): Promise<Pick<Denial, 'alternatives'>> {
  if (by !== 'upgrade') return {}
  const names: string[] = []
  for (const name of [...deps.snapshot().models.keys()].toSorted()) {
    if (name === model || !allowsModel(key, name)) continue
    const { kind } = await deps.plans.entitlement(key.organization.id, name)
    if (kind === 'offers' || kind === 'balance') names.push(name)
    if (names.length === MOST_ALTERNATIVES) break
  }
  return names.length === 0 ? {} : { alternatives: names.map((name) => ({ model: name })) }
}
