import type { NoCheckout, PaymentRail } from '@faregate/billing/rails/port'
import type { AdminDeps } from '../deps.ts'
import { refuse } from '../refusal.ts'

/** The rail that is connected; a refusal where none is. */
export function connectedRail({ rail }: Pick<AdminDeps, 'rail'>): PaymentRail {
  return rail ?? refuse({ code: 'no_payment_rail', detail: 'No payment rail is connected; the operator grants credit.' })
}

/** Ends the call: the rail opens no page now. */
export function railUnavailable({ reason, operatorDetail }: Extract<NoCheckout, { status: 'unavailable' }>): never {
  return refuse({ code: 'payment_rail_unavailable', detail: `${reason}.`, operatorDetail, retryAfterSeconds: 5 })
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
