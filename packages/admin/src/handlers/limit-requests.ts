import { visibleOrganization, type Context, type Handlers } from '../call.ts'
import { askForLimit } from '../limit-requests/ask.ts'
import { decideLimitRequest, visibleLimitRequest } from '../limit-requests/decide.ts'
import { presentLimitRequest } from '../limit-requests/present.ts'
import type { LimitRequestRow } from '../limit-requests/rows.ts'
import { targetOf } from '../limit-requests/targets.ts'
import { usageOf } from '../limit-requests/usage.ts'
import { valueOf } from '../limit-requests/value.ts'
import { pageOf, pagingOf } from '../paging.ts'

export const limitRequests: Handlers<'listLimitRequests' | 'createLimitRequest' | 'getLimitRequest' | 'decideLimitRequest'> = {
  async listLimitRequests(call) {
    const { deps, query } = call
    const { id } = await visibleOrganization(call, call.params.id)
    const rows = await deps.store.read.limitRequests.list(pagingOf(query), {
      organization: id,
      team: call.credential.team ?? undefined,
      state: query.state,
    })
    const page = pageOf(
      rows,
      query.limit,
      (row) => row.id,
      (row) => row,
    )
    await deps.flushed()
    const data = []
    // One after the other: each looks at up to a month of requests.
    for (const row of page.data) data.push(await decidable(call, row))
    return { data, next: page.next }
  },

  async createLimitRequest(call) {
    const { id } = await visibleOrganization(call, call.params.id)
    return askForLimit(call, id, call.body)
  },

  async getLimitRequest(call) {
    const row = await visibleLimitRequest(call, call.deps.store.read, call.params.id)
    await call.deps.flushed()
    return decidable(call, row)
  },

  decideLimitRequest,
}

/** A request with what whoever decides wants to see. */
async function decidable({ deps }: Context, row: LimitRequestRow) {
  const { organization, facts, state } = row
  const target = await targetOf({ read: deps.store.read, organization, currency: deps.currency }, facts.subject)
  const shown = { ...presentLimitRequest(deps, row), needs: target?.permission ?? 'limit-requests:decide' }
  if (state !== 'open' || target === undefined) return { ...shown, usage: null, proposal: null }
  const asked = facts.value === null ? null : askedOf(target, facts.value)
  return { ...shown, ...(await usageOf(deps.store.read, target, asked, deps.clock.now())) }
}

/** What was asked for; null where more than that is in force by now. */
function askedOf(target: Parameters<typeof valueOf>[0], value: string): bigint | null {
  try {
    return valueOf(target, value)
  } catch {
    return null
  }
}
