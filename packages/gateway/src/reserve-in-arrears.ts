import { isDenial, type Denial } from '@faregate/core'
import type { KeyEntry } from '@faregate/identity'
import type { ModelRequest } from '@faregate/wire'
import { inArrears } from './arrears.ts'
import type { GatewayDeps, UnpaidInvoice } from './deps.ts'
import { evaluate } from './evaluate.ts'
import type { Flow } from './flow.ts'
import type { Route } from './locate.ts'
import { ledgerUnavailable } from './ledger-unavailable.ts'
import { reserve, type Reservation } from './reserve.ts'

/** Reserves, unless an invoice of an organization in arrears is overdue: then nothing is held until it is paid. */
export async function reserveInArrears(
  deps: GatewayDeps,
  flow: Flow,
  key: KeyEntry,
  route: Route,
  request: ModelRequest,
): Promise<Reservation | Denial> {
  const { id, creditLimit } = key.organization
  if (creditLimit === undefined) return reserve(deps, flow, key, route, request)
  const overdue = await overdueOf(deps, id)
  if (isDenial(overdue)) return overdue
  if (overdue.length > 0) {
    const refusal = await refusalOf(deps, flow, key, route, request)
    if (refusal !== undefined) return refusal
  }
  const reserved = await reserve(deps, flow, key, route, request)
  if (!isDenial(reserved)) return reserved
  return (await inArrears(deps, key, reserved).catch(() => undefined)) ?? reserved
}

async function overdueOf({ invoices }: GatewayDeps, organization: string): Promise<UnpaidInvoice[] | Denial> {
  try {
    return await invoices.overdue(organization)
  } catch (error) {
    return ledgerUnavailable(error)
  }
}

/** A cap or quota that lacks room comes first; undefined: it was paid meanwhile. */
async function refusalOf(deps: GatewayDeps, flow: Flow, key: KeyEntry, route: Route, request: ModelRequest): Promise<Denial | undefined> {
  try {
    const evaluation = await evaluate(deps, key, route, request, flow.plan)
    return isDenial(evaluation) ? evaluation : evaluation.refusal
  } catch (error) {
    return ledgerUnavailable(error)
  }
}
