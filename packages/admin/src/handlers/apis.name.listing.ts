import { changeListing } from '../api-listing.ts'
import type { Handlers } from '../call.ts'
import { changeConfiguration } from '../change.ts'
import { refuseManaged } from '../managed.ts'
import { presentApi } from '../present/apis.ts'
import { presentListing } from '../present/listing.ts'
import { found } from '../refusal.ts'

export const apisNameListing: Handlers<'updateApiListing'> = {
  async updateApiListing(call) {
    const { deps, body } = call
    const { name } = call.params
    refuseManaged('API', name, deps.snapshot().apis.get(name)?.managedBy)
    return changeConfiguration(call, async (trx) => {
      await trx.lockApis()
      const before = found(await trx.apis.get(name), 'API', name)
      const after = { ...before, listing: await changeListing(call, trx, name, body) }
      const event = {
        action: 'api.listing',
        subject: name,
        organization: null,
        before: presentListing(before),
        after: presentListing(after),
      }
      return { event, answer: presentApi(deps, after) }
    })
  },
}
