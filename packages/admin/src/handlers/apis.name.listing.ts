import type { ApiListing } from '@faregate/core'
import type { Call, Handlers } from '../call.ts'
import { changeConfiguration } from '../change.ts'
import { refuseManaged } from '../managed.ts'
import type { AdminQueries } from '../ports.ts'
import { presentApi } from '../present/apis.ts'
import { presentListing } from '../present/listing.ts'
import { found, invalid } from '../refusal.ts'

export const apisNameListing: Handlers<'updateApiListing'> = {
  async updateApiListing(call) {
    const { deps, body } = call
    const { name } = call.params
    refuseManaged('API', name, deps.snapshot().apis.get(name)?.managedBy)
    return changeConfiguration(call, async (trx) => {
      await trx.lockApis()
      const before = found(await trx.apis.get(name), 'API', name)
      // Whoever does not see other organizations is not told which there are.
      if (call.credential.organization === null) await refuseStrangers(trx, body.invited ?? [])
      const after = { ...before, listing: changed(before.listing, body) }
      await trx.putApiListing(name, after.listing)
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

/** What is absent stays; null takes the owner away. */
function changed(before: ApiListing = {}, { visibility, owner, invited }: Call<'updateApiListing'>['body']): ApiListing {
  const after = {
    ...before,
    ...(visibility === undefined ? {} : { visibility }),
    ...(invited === undefined ? {} : { invited: [...new Set(invited)] }),
  }
  if (owner === undefined) return after
  const { owner: _before, ...rest } = after
  return owner === null ? rest : { ...rest, owner }
}

async function refuseStrangers({ organizations }: Pick<AdminQueries, 'organizations'>, invited: string[]): Promise<void> {
  for (const [index, id] of invited.entries()) {
    if ((await organizations.get(id)) === undefined) invalid(`/invited/${index}`, `there is no organization "${id}"`)
  }
}
