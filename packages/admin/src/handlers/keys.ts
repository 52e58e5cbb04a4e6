import { ownRows, visible, type Context, type Handlers } from '../call.ts'
import { pageOf, pagingOf } from '../paging.ts'
import type { OwnerFilter } from '../ports.ts'
import { presentKey } from '../present/tenants.ts'

export const keys: Handlers<'listKeys' | 'listKeysOfApplication' | 'getKey'> = {
  async listKeys(call) {
    const { organization, application, ...paging } = call.query
    return pageOfKeys(call, paging, { ...ownRows(call, organization), application })
  },

  async listKeysOfApplication(call) {
    const {
      deps,
      params: { id },
    } = call
    const { organization } = visible(call, await deps.store.read.applications.get(id), 'application', id)
    return pageOfKeys(call, call.query, { organization, application: id })
  },

  async getKey(call) {
    const {
      deps,
      params: { id },
    } = call
    return presentKey(visible(call, await deps.store.read.keys.get(id), 'key', id), deps.clock.now())
  },
}

async function pageOfKeys(
  { deps }: Context,
  query: { limit: number; cursor?: string | undefined },
  filter: OwnerFilter & { application: string | undefined },
) {
  const rows = await deps.store.read.keys.list(pagingOf(query), filter)
  return pageOf(
    rows,
    query.limit,
    ({ id }) => id,
    (row) => presentKey(row, deps.clock.now()),
  )
}
