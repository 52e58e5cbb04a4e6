import type { NoCheckout, PaymentRail } from '@faregate/billing/rails/port'
import type { AdminDeps } from '../deps.ts'
import { mismatch } from '../idempotency.ts'
import { invalid, refuse } from '../refusal.ts'
import type { openTopUp } from '../top-up.ts'

/** The rail that is connected; a refusal where none is. */
export function connectedRail({ rail }: Pick<AdminDeps, 'rail'>): PaymentRail {
  return rail ?? refuse({ code: 'no_payment_rail', detail: 'No payment rail is connected; the operator grants credit.' })
}

/** Ends the call: the rail opens no page now. */
export function railUnavailable({ reason, operatorDetail }: Extract<NoCheckout, { status: 'unavailable' }>): never {
  return refuse({ code: 'payment_rail_unavailable', detail: `${reason}.`, operatorDetail, retryAfterSeconds: 5 })
}

/** The address of the page that was opened for an order; ends the call where there is none. `member`: what the amount follows from. */
export function openedOrRefused(opened: Awaited<ReturnType<typeof openTopUp>>, member: string): string {
  if (opened.status === 'taken') return mismatch()
  if (opened.status === 'unpayable') return invalid(member, opened.reason)
  return opened.status === 'open' ? opened.url : railUnavailable(opened)
}

/** Does something at the rail; where that does not answer, the call ends so. */
export async function reached<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'RailUnavailable') throw error
    return railUnavailable({
      status: 'unavailable',
      reason: 'The payment rail cannot be reached, or refuses',
      operatorDetail: error.message,
    })
  }
}
