import { formatAmount, parseAmount } from '@faregate/core'
import { visibleOrganization, type Handlers } from '../call.ts'
import { operationId } from '../idempotency.ts'
import { pageOf, pagingOf } from '../paging.ts'
import { connectedRail, openedOrRefused } from '../payments/rail.ts'
import { timeText } from '../present/time.ts'
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
    const rail = connectedRail(deps)
    const id = operationId(call, 'pay')
    const amount = parseAmount(body.amount) ?? 0n
    const returnTo = deps.topUpPage(organization.id)
    const opened = await openTopUp(deps, rail, { id, organization, amount, returnTo, actor: credential.id })
    return { id, organization: organization.id, amount: formatAmount(amount), url: openedOrRefused(opened, '/amount') }
  },
}

function present({ id, organization, rail, automatic, createdAt, voidAt, paid, ...row }: TopUpRow) {
  const amounts = { amount: formatAmount(row.amount), refunded: formatAmount(row.refunded) }
  const shared = { id, organization, rail, automatic, ...amounts, createdAt: timeText(createdAt) }
  const unpaid = voidAt === null ? ('open' as const) : ('void' as const)
  if (paid === null) return { ...shared, state: unpaid, paidAt: null, grant: null, reference: null }
  return { ...shared, state: 'paid' as const, paidAt: timeText(paid.at), grant: paid.grant, reference: paid.reference }
}
