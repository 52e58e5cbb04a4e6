import { formatAmount, parseAmount } from '@faregate/core'
import type { Handlers } from '../call.ts'
import { operationId } from '../idempotency.ts'
import { submit } from '../operation.ts'
import { visibleRequest } from './requests.ts'

export const requestsIdRefund: Handlers<'refundRequest'> = {
  async refundRequest(call) {
    const {
      params: { id: request },
      body: { reason, amount },
    } = call
    const { organization } = await visibleRequest(call, request)
    const id = operationId(call, 'rf')
    const asked = amount === undefined ? null : (parseAmount(amount) ?? 0n)
    const done = await submit(
      call,
      { type: 'refund', id, request, amount: asked, reason },
      { action: 'request.refund', subject: request, organization, after: { id, amount: amount ?? 'all that is left', reason } },
    )
    return { id, request, amount: formatAmount(done.amount ?? asked ?? 0n), reason }
  },
}
