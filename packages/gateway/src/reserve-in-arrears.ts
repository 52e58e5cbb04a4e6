import { isDenial, type Denial } from '@faregate/core'
import type { KeyEntry } from '@faregate/identity'
import { inArrears } from './arrears.ts'
import type { GatewayDeps, UnpaidInvoice } from './deps.ts'
import type { Judged } from './evaluate.ts'
import type { Flow } from './flow.ts'
import { ledgerUnavailable } from './ledger-unavailable.ts'

/** A call that costs something: what balances have against it, read without effect, and the hold. */
interface Payable<Reservation> {
  look: () => Promise<Judged | Denial>
  reserve: () => Promise<Reservation | Denial>
}

/** Reserves, unless an invoice of an organization in arrears is overdue: then nothing is held until it is paid. */
export async function reserveInArrears<Reservation extends object>(
  deps: GatewayDeps,
  flow: Flow,
  key: KeyEntry,
  { look, reserve }: Payable<Reservation>,
): Promise<Reservation | Denial> {
  flow.step = 'hold'
  const { id, creditLimit } = key.organization
  if (creditLimit === undefined) return reserve()
  const overdue = await overdueOf(deps, id)
  if (isDenial(overdue)) return overdue
  if (overdue.length > 0) {
    const refusal = await refusalOf(look)
    if (refusal !== undefined) return refusal
  }
  const reserved = await reserve()
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
async function refusalOf(look: () => Promise<Judged | Denial>): Promise<Denial | undefined> {
  try {
    const judged = await look()
    return isDenial(judged) ? judged : judged.refusal
  } catch (error) {
    return ledgerUnavailable(error)
  }
}
