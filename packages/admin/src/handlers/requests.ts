import { filterOf, visible, type Context, type Handlers } from '../call.ts'
import { withTeam } from '../of-team.ts'
import { pageOf, pagingOf } from '../paging.ts'
import { presentRequest, presentTotal } from '../present/records.ts'
import type { UsageGroup, UsageTotal } from '../ports.ts'
import type { RequestRow } from '../rows.ts'

const NOTHING: UsageTotal = { group: {}, requests: 0, buckets: {}, cost: 0n, providerCost: null }

export const requests: Handlers<'listRequests' | 'getRequest' | 'getUsage'> = {
  async listRequests(call) {
    const { limit, cursor, ...query } = call.query
    await call.deps.flushed()
    const rows = await call.deps.store.read.requests.list(pagingOf({ limit, cursor }), filterOf(call, query))
    return pageOf(rows, limit, ({ id }) => id, presentRequest)
  },

  async getRequest(call) {
    return presentRequest(await visibleRequest(call, call.params.id))
  },

  async getUsage(call) {
    const {
      deps,
      query: { groupBy, ...query },
    } = call
    const filter = filterOf(call, query)
    await deps.flushed()
    const [total = NOTHING] = await deps.store.read.requests.usage(filter, [])
    const whole = { currency: deps.currency, ...presentTotal(total) }
    if (groupBy === undefined) return whole
    const groups = await deps.store.read.requests.usage(filter, groupBy.split(',') as UsageGroup[])
    return { ...whole, groups: groups.map(presentTotal) }
  },
}

/** Its record, once what waits is written; where that was lost, what the ledger knows of it. */
export async function visibleRequest(context: Context, id: string): Promise<RequestRow> {
  const { deps } = context
  await deps.flushed()
  const row = (await deps.store.read.requests.get(id)) ?? (await deps.store.read.requests.lost(id))
  return visible(context, await withTeam(context, row), 'request', id)
}
