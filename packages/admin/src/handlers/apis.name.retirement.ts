import type { ApiRetirement } from '@faregate/core'
import { filterOf, type Call, type Context, type Handlers } from '../call.ts'
import { changeConfiguration } from '../change.ts'
import { refuseManaged } from '../managed.ts'
import { wholeList } from '../paging.ts'
import { presentApi, presentRetirement } from '../present/apis.ts'
import { found, invalid } from '../refusal.ts'

export const apisNameRetirement: Handlers<'deprecateApi' | 'retireApi' | 'reinstateApi' | 'listApiCallers'> = {
  async deprecateApi(call) {
    const { sunset } = call.body
    if (sunset !== undefined && Date.parse(sunset) <= call.deps.clock.now()) return invalid('/sunset', 'has passed: retire the API instead')
    return changed(call, 'api.deprecate', { state: 'deprecated', ...(sunset === undefined ? {} : { sunset: Date.parse(sunset) }) })
  },

  async retireApi(call) {
    return changed(call, 'api.retire', { state: 'retired' })
  },

  async reinstateApi(call) {
    return changed({ ...call, body: {} }, 'api.reinstate', undefined)
  },

  async listApiCallers(call) {
    const { deps, params, query } = call
    const { apis } = deps.store.read
    found(deps.snapshot().apis.get(params.name) ?? (await apis.get(params.name)), 'API', params.name)
    await deps.flushed()
    const totals = await deps.store.read.requests.usage(filterOf(call, { ...query, api: params.name }), [
      'organization',
      'application',
      'key',
    ])
    const rows = totals.map(({ group: { organization = null, application = null, key = null }, requests }) => ({
      organization,
      application,
      key,
      requests,
    }))
    return wholeList(rows.toSorted((a, b) => b.requests - a.requests))
  },
}

type Told = Pick<Call<'retireApi'>, 'params' | 'body'>

/** Since when is kept when only what is told of it changes. */
async function changed(call: Told & Context, action: string, state: Pick<ApiRetirement, 'state' | 'sunset'> | undefined) {
  const { deps, body, params } = call
  const { name } = params
  refuseManaged('API', name, deps.snapshot().apis.get(name)?.managedBy)
  if (body.successor === name || (body.successor !== undefined && !deps.snapshot().apis.has(body.successor)))
    return invalid('/successor', `"${body.successor}" is no other API that is published`)
  return changeConfiguration(call, async (trx) => {
    await trx.lockApis()
    const before = found(await trx.apis.get(name), 'API', name)
    const { successor = before.retirement?.successor, link = before.retirement?.link } = body
    const at = before.retirement !== undefined && before.retirement.state === state?.state ? before.retirement.at : deps.clock.now()
    const retirement = state && { ...state, at, ...(successor === undefined ? {} : { successor }), ...(link === undefined ? {} : { link }) }
    await trx.putApiRetirement(name, retirement)
    const after = { ...before, retirement }
    const event = { action, subject: name, organization: null, before: presentRetirement(before), after: presentRetirement(after) }
    return { event, answer: presentApi(deps, after) }
  })
}
