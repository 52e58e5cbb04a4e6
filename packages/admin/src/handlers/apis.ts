import { definedApi, refuseSharedPrefix } from '../api-definition.ts'
import { agreed } from '../api-approval.ts'
import { refuseWhileTried } from '../api-canary.ts'
import { changeListing } from '../api-listing.ts'
import { claimed, refuseBeyondOwner } from '../api-owner.ts'
import { release } from '../api-release.ts'
import { refuseUselessKeys } from '../api-stand-ins.ts'
import { asked, tried } from '../api-test.ts'
import type { Handlers } from '../call.ts'
import { change, changeConfiguration } from '../change.ts'
import { refuseManaged, refuseTaken } from '../managed.ts'
import { wholeList } from '../paging.ts'
import { presentApi } from '../present/apis.ts'
import { found, invalid } from '../refusal.ts'

export const apis: Handlers<'listApis' | 'createApi' | 'getApi' | 'updateApi' | 'deleteApi' | 'testApi'> = {
  async listApis({ deps, credential: { organization } }) {
    const rows = await deps.store.read.apis.list()
    if (organization !== null) return wholeList(rows.filter((row) => row.organization === organization).map((row) => presentApi(deps, row)))
    const elsewhere = [...deps.snapshot().apis.values()].filter(({ managedBy }) => managedBy.source !== 'database')
    return wholeList([...elsewhere, ...rows].map((api) => presentApi(deps, api)))
  },

  async createApi(call) {
    const { deps, body } = call
    refuseManaged('API', body.name, deps.snapshot().apis.get(body.name)?.managedBy)
    const row = definedApi(deps, { name: body.name, createdAt: deps.clock.now() }, body)
    if (body.kind !== undefined && body.kind !== row.kind)
      return invalid('/kind', `is \`${body.kind}\`, and what was sent is \`${row.kind}\``)
    return changeConfiguration(call, async (trx) => {
      await trx.lockApis()
      if ((await trx.apis.get(row.name)) !== undefined) return refuseTaken('API', row.name)
      await agreed(call, trx, row.name)
      await refuseSharedPrefix(call, trx, row)
      const organization = await claimed(call, trx, row.name, body.organization)
      refuseBeyondOwner(call, organization, row)
      await refuseUselessKeys(call, trx, row.name, row)
      const listing = await changeListing(call, trx, row.name, body.listing, '/listing')
      const answer = presentApi(deps, { ...(await release(call, trx, { ...row, organization })).row, listing })
      return { event: { action: 'api.create', subject: row.name, organization: null, after: answer }, answer }
    })
  },

  async getApi({ deps, params: { name } }) {
    const known = deps.snapshot().apis.get(name)
    const row = known === undefined || known.managedBy.source === 'database' ? await deps.store.read.apis.get(name) : known
    return presentApi(deps, found(row, 'API', name))
  },

  async updateApi(call) {
    const { deps, body } = call
    const { name } = call.params
    refuseManaged('API', name, deps.snapshot().apis.get(name)?.managedBy)
    return changeConfiguration(call, async (trx) => {
      await trx.lockApis()
      const before = found(await trx.apis.get(name), 'API', name)
      await refuseWhileTried(deps, trx, before)
      await agreed(call, trx, name)
      const after = definedApi(deps, before, body)
      refuseBeyondOwner(call, before.organization, after)
      await refuseUselessKeys(call, trx, name, after)
      await refuseSharedPrefix(call, trx, after)
      const answer = presentApi(deps, (await release(call, trx, after)).row)
      const event = { action: 'api.update', subject: name, organization: null, before: presentApi(deps, before), after: answer }
      return { event, answer }
    })
  },

  async deleteApi(call) {
    const { deps } = call
    const { name } = call.params
    refuseManaged('API', name, deps.snapshot().apis.get(name)?.managedBy)
    await changeConfiguration(call, async (trx) => {
      const before = found(await trx.apis.get(name), 'API', name)
      await trx.deleteApi(name)
      await trx.putApiStaging(name, undefined)
      await trx.putApiAlerts(name, [])
      return { event: { action: 'api.delete', subject: name, organization: null, before: presentApi(deps, before) }, answer: undefined }
    })
    return undefined
  },

  async testApi(call) {
    const { deps, body } = call
    const { name } = call.params
    const answer = await (body.against === undefined ? asked(call, name) : tried(deps, name, { ...body, against: body.against }))
    return change(call, async () => ({ event: { action: 'api.test', subject: name, organization: null, after: answer }, answer }))
  },
}
