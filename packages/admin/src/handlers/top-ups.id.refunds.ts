import { formatAmount, parseAmount } from '@faregate/core'
import { visible, type Call, type Handlers } from '../call.ts'
import { mismatch, operationId } from '../idempotency.ts'
import { wholeList } from '../paging.ts'
import { connectedRail } from '../payments/rail.ts'
import { settleRefund, takeForRefund } from '../payments/refund.ts'
import { presentRefund } from '../present/payments.ts'
import { invalid, refuse } from '../refusal.ts'

export const topUpsIdRefunds: Handlers<'listTopUpRefunds' | 'createTopUpRefund'> = {
  async listTopUpRefunds(call) {
    const { id } = await visibleTopUp(call)
    return wholeList((await call.deps.store.read.topUpRefunds.ofTopUp(id)).map(presentRefund))
  },

  async createTopUpRefund(call) {
    const { deps, body } = call
    const rail = connectedRail(deps)
    const row = await visibleTopUp(call)
    if (row.paid === null) return refuse({ code: 'conflict', detail: 'The top-up is not paid: there is nothing to give back.' })
    const amount = body.amount === undefined ? null : (parseAmount(body.amount) ?? 0n)
    const problem = amount === null ? undefined : rail.unpayable(amount, deps.currency)
    if (problem !== undefined) invalid('/amount', problem)
    const asked = { id: operationId(call, 'tr'), amount, reason: body.reason, actor: call.credential.id }
    const taken = await takeForRefund(deps, row, row.paid.grant, asked)
    if (taken.status === 'other') return mismatch()
    if (taken.status === 'exceeds') {
      const remaining = formatAmount(taken.remaining)
      return refuse({ code: 'nothing_to_reverse', detail: `At most ${remaining} of this top-up is unspent and unheld.`, remaining })
    }
    // The credit is taken, and the rail is asked until it answers: what it has not said yet is pending.
    const settled = await settleRefund(deps, rail, taken.refund).catch((error: unknown) => {
      deps.log.warn({ refund: taken.refund.id, error: String(error) }, 'a refund could not be asked for yet; it is tried again')
      return taken.refund
    })
    return presentRefund(settled)
  },
}

async function visibleTopUp(call: Call<'listTopUpRefunds' | 'createTopUpRefund'>) {
  const { id } = call.params
  return visible(call, await call.deps.store.read.topUps.get(id), 'top-up', id)
}
