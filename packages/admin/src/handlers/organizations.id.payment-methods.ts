import { visible, visibleOrganization, type Call, type Handlers } from '../call.ts'
import { operationId } from '../idempotency.ts'
import { wholeList } from '../paging.ts'
import { openSetup, preferMethod, removeMethod } from '../payments/methods.ts'
import { connectedRail, railUnavailable, reached } from '../payments/rail.ts'
import { presentMethod } from '../present/payments.ts'
import { found, invalid, refuse } from '../refusal.ts'

type Names = 'listPaymentMethods' | 'createPaymentMethod' | 'updatePaymentMethod' | 'deletePaymentMethod'

export const organizationsIdPaymentMethods: Handlers<Names> = {
  async listPaymentMethods(call) {
    const { id } = await visibleOrganization(call, call.params.id)
    return wholeList((await call.deps.store.read.paymentMethods.ofOrganization(id)).map(presentMethod))
  },

  async createPaymentMethod(call) {
    const organization = await visibleOrganization(call, call.params.id)
    const { deps } = call
    const id = operationId(call, 'pm')
    const returnTo = deps.methodPage(organization.id)
    const opened = await openSetup(deps, connectedRail(deps), { id, organization, returnTo })
    if (opened.status === 'unavailable') return railUnavailable(opened)
    if (opened.status === 'unpayable') return invalid('', opened.reason)
    return { id, organization: organization.id, url: opened.url }
  },

  async updatePaymentMethod(call) {
    const row = await visibleMethod(call)
    if ((await preferMethod(call.deps, row, call.credential.id)) === 'unverified')
      refuse({ code: 'conflict', detail: 'Nothing can be charged to this payment method yet: verify it first.' })
    return presentMethod(found(await call.deps.store.read.paymentMethods.get(row.id), 'payment method', row.id))
  },

  async deletePaymentMethod(call) {
    const row = await visibleMethod(call)
    const rail = connectedRail(call.deps)
    await reached(() => removeMethod(call.deps, rail, row, call.credential.id))
    return undefined
  },
}

async function visibleMethod(call: Call<'updatePaymentMethod' | 'deletePaymentMethod'>) {
  const { id } = call.params
  return visible(call, await call.deps.store.read.paymentMethods.get(id), 'payment method', id)
}
