import { formatAmount, parseAmount, walletOf } from '@faregate/core'
import { visibleOrganization, type Handlers } from '../call.ts'
import { operationId } from '../idempotency.ts'
import { submit, USUAL_PRIORITY } from '../operation.ts'
import { pageOf, pagingOf } from '../paging.ts'
import { presentGrant } from '../present/money.ts'
import { timeOf, timeTextOrNull } from '../present/time.ts'

export const organizationsIdGrants: Handlers<'listGrants' | 'createGrant'> = {
  async listGrants(call) {
    const { id } = await visibleOrganization(call, call.params.id)
    const rows = await call.deps.store.read.money.grants(pagingOf(call.query), id)
    return pageOf(rows, call.query.limit, ({ seq }) => seq.toString(), presentGrant)
  },

  async createGrant(call) {
    const { id: organization } = await visibleOrganization(call, call.params.id)
    const { body } = call
    const id = operationId(call, 'gr')
    const amount = parseAmount(body.amount) ?? 0n
    const { reason, priority = USUAL_PRIORITY } = body
    const expiresAt = timeOf(body.expiresAt ?? null)
    const answer = { id, organization, amount: formatAmount(amount), reason, priority, expiresAt: timeTextOrNull(expiresAt) }
    await submit(
      call,
      { type: 'grant', id, account: walletOf(organization), amount, priority, expiresAt, reason },
      { action: 'grant.create', subject: id, organization, after: answer },
    )
    return answer
  },
}
