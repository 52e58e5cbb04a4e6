import { filterOf, visible, type Handlers } from '../call.ts'
import { withTeam } from '../of-team.ts'
import { pageOf, pagingOf } from '../paging.ts'
import type { DenialGroup } from '../ports.ts'
import { presentDecision, presentDenial } from '../present/records.ts'

export const denials: Handlers<'listDenials' | 'getDenial'> = {
  async listDenials(call) {
    const {
      deps,
      query: { limit, cursor, groupBy, ...query },
    } = call
    const filter = filterOf(call, query)
    await deps.flushed()
    if (groupBy !== undefined) {
      const totals = await deps.store.read.denials.totals(filter, groupBy.split(',') as DenialGroup[])
      return { data: [], next: null, groups: totals.map(({ group, count }) => ({ ...group, count })) }
    }
    const rows = await deps.store.read.denials.list(pagingOf({ limit, cursor }), filter)
    return pageOf(rows, limit, ({ id }) => id, presentDenial)
  },

  async getDenial(call) {
    const {
      deps,
      credential,
      params: { id },
    } = call
    await deps.flushed()
    const row = await withTeam(call, await deps.store.read.denials.get(id))
    return presentDecision(visible(call, row, 'denial', id), credential.organization === null)
  },
}
