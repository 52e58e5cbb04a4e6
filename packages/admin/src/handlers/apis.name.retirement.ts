import type { ApiEntry } from '@faregate/core'
import { withoutInside } from '../api-consumers.ts'
import { filterOf, type Call, type Context, type Handlers } from '../call.ts'
import { changeConfiguration } from '../change.ts'
import { refuseManaged } from '../managed.ts'
import { wholeList } from '../paging.ts'
import type { UsageTotal } from '../ports.ts'
import { presentApi } from '../present/apis.ts'
import { presentRetirement } from '../present/retirement.ts'
import { found } from '../refusal.ts'
import { tellRetirement } from '../retirement-notices.ts'
import { nextRetirement, type SentRetirement } from '../retirement.ts'

export const apisNameRetirement: Handlers<'deprecateApi' | 'retireApi' | 'reinstateApi' | 'listApiCallers'> = {
  async deprecateApi(call) {
    return changed(call, 'api.deprecate', { ...call.body, state: 'deprecated' })
  },

  async retireApi(call) {
    return changed(call, 'api.retire', { ...call.body, state: 'retired' })
  },

  async reinstateApi(call) {
    return changed(call, 'api.reinstate', undefined)
  },

  async listApiCallers(call) {
    const { deps, params, query } = call
    const { apis } = deps.store.read
    found(deps.snapshot().apis.get(params.name) ?? (await apis.get(params.name)), 'API', params.name)
    await deps.flushed()
    // Whoever manages an API sees all who call it.
    const filter = { ...filterOf(call, { ...query, api: params.name }), organization: undefined }
    const totals = await deps.store.read.requests.usage(filter, ['organization', 'application', 'key', 'route'])
    const callers = withoutInside(call, callersOf(totals), (one, other) => ({ ...one, requests: one.requests + other.requests }))
    return wholeList(callers.toSorted((a, b) => b.requests - a.requests))
  },
}

interface Caller {
  organization: string | null
  application: string | null
  key: string | null
  requests: number
}

/** By key, over all routes; who calls the mock does not call the API. */
function callersOf(totals: UsageTotal[]): Caller[] {
  const callers = new Map<string | null, Caller>()
  for (const { group, requests } of totals) {
    const { organization = null, application = null, key = null, route } = group
    if (route === 'mock') continue
    const before = callers.get(key)?.requests ?? 0
    callers.set(key, { organization, application, key, requests: before + requests })
  }
  return [...callers.values()]
}

/** What may take the place of an API: of an organization's, another one of its own. */
function knownTo({ deps, credential: { organization } }: Context): ReadonlyMap<string, ApiEntry> {
  const { apis } = deps.snapshot()
  return organization === null ? apis : new Map([...apis].filter(([, api]) => api.organization === organization))
}

async function changed(call: Pick<Call<'reinstateApi'>, 'params'> & Context, action: string, sent: SentRetirement | undefined) {
  const { deps, params } = call
  const { name } = params
  refuseManaged('API', name, deps.snapshot().apis.get(name)?.managedBy)
  // Whoever has called until now is told.
  await deps.flushed()
  return changeConfiguration(call, async (trx) => {
    await trx.lockApis()
    const before = found(await trx.apis.get(name), 'API', name)
    const going = { kind: 'API', name, known: knownTo(call) } as const
    const retirement = sent && nextRetirement(before.retirement, sent, deps.clock.now(), going)
    await trx.putApiRetirement(name, retirement)
    await tellRetirement(deps, trx, { api: name }, before.retirement, retirement)
    const after = { ...before, retirement }
    const event = { action, subject: name, organization: null, before: presentRetirement(before), after: presentRetirement(after) }
    return { event, answer: presentApi(deps, after) }
  })
}
