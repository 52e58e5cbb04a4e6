import { ownOrganization, type Handlers } from '../call.ts'
import { pageOf, pagingOf } from '../paging.ts'
import { presentEntry } from '../present/money.ts'

export const ledger: Handlers<'verifyLedger' | 'listEntries'> = {
  async verifyLedger({ deps }) {
    return deps.verify()
  },

  async listEntries(call) {
    const { limit, cursor, request, organization } = call.query
    const filter = { request, organization: ownOrganization(call, organization) }
    const rows = await call.deps.store.read.money.entries(pagingOf({ limit, cursor }), filter)
    return pageOf(rows, limit, ({ seq }) => seq.toString(), presentEntry)
  },
}
