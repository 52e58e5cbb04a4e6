import { formatAmount, parseAmount } from '@faregate/core'
import { visible, type Handlers } from '../call.ts'
import { operationId } from '../idempotency.ts'
import { submit } from '../operation.ts'
import { presentGrant } from '../present/money.ts'

export const grantsId: Handlers<'getGrant' | 'reverseGrant'> = {
  async getGrant(call) {
    const {
      deps,
      params: { id },
    } = call
    return presentGrant(visible(call, await deps.store.read.money.grant(id), 'grant', id))
  },

  async reverseGrant(call) {
    const {
      deps,
      params: { id: grant },
      body: { reason, amount },
    } = call
    const { organization } = visible(call, await deps.store.read.money.grant(grant), 'grant', grant)
    const id = operationId(call, 'rev')
    const asked = amount === undefined ? null : (parseAmount(amount) ?? 0n)
    const done = await submit(
      call,
      { type: 'reverse', id, grant, amount: asked, reason },
      { action: 'grant.reverse', subject: grant, organization, after: { id, amount: amount ?? 'all that is left', reason } },
    )
    return { id, grant, amount: formatAmount(done.amount ?? asked ?? 0n), reason }
  },
}
