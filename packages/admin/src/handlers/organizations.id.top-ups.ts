import { formatAmount, parseAmount } from '@faregate/core'
import { visibleOrganization, type Handlers } from '../call.ts'
import { mismatch, operationId } from '../idempotency.ts'
import { pageOf, pagingOf } from '../paging.ts'
import { timeText } from '../present/time.ts'
import { invalid, refuse } from '../refusal.ts'
import { openTopUp } from '../top-up.ts'
import type { TopUpRow } from '../top-up-rows.ts'

export const organizationsIdTopUps: Handlers<'listTopUps' | 'createTopUp'> = {
  async listTopUps(call) {
    const { id } = await visibleOrganization(call, call.params.id)
    const rows = await call.deps.store.read.topUps.list(pagingOf(call.query), id)
    return pageOf(rows, call.query.limit, (row) => row.id, present)
  },

  async createTopUp(call) {
    const organization = await visibleOrganization(call, call.params.id)
    const { deps, body, credential } = call
    const { rail } = deps
    if (rail === undefined) return refuse({ code: 'no_payment_rail', detail: 'No payment rail is connected; the operator grants credit.' })
    const id = operationId(call, 'pay')
    const amount = parseAmount(body.amount) ?? 0n
    const returnTo = deps.topUpPage(organization.id)
    const opened = await openTopUp(deps, rail, { id, organization, amount, returnTo, actor: credential.id })
    if (opened.status === 'taken') return mismatch()
    if (opened.status === 'unpayable') return invalid('/amount', opened.reason)
    if (opened.status === 'unavailable') {
      const { reason, operatorDetail } = opened
      return refuse({ code: 'payment_rail_unavailable', detail: `${reason}.`, operatorDetail, retryAfterSeconds: 5 })
    }
    return { id, organization: organization.id, amount: formatAmount(amount), url: opened.url }
  },
}

function present({ id, organization, rail, amount, createdAt, paid }: TopUpRow) {
  const shared = { id, organization, rail, amount: formatAmount(amount), createdAt: timeText(createdAt) }
  if (paid === null) return { ...shared, state: 'open' as const, paidAt: null, grant: null, reference: null }
  return { ...shared, state: 'paid' as const, paidAt: timeText(paid.at), grant: paid.grant, reference: paid.reference }
}
