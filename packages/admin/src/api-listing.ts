import type { ApiListing } from '@faregate/core'
import type { Call, Context } from './call.ts'
import type { AdminTransaction } from './ports.ts'
import { invalid } from './refusal.ts'

/**
 * Changes who may see an API, and who answers for it: what is absent stays, null takes the owner away. Refuses organizations that are
 * not there, by a JSON pointer below `at`.
 */
export async function changeListing(
  { credential }: Pick<Context, 'credential'>,
  trx: AdminTransaction,
  name: string,
  sent: Call<'updateApiListing'>['body'] | undefined,
  at = '',
): Promise<ApiListing | undefined> {
  const before = await trx.apiListings.get(name)
  if (sent === undefined) return before
  // Whoever does not see other organizations is not told which there are.
  if (credential.organization === null) await refuseStrangers(trx, sent.invited ?? [], at)
  const after = changed(before, sent)
  await trx.putApiListing(name, after)
  return after
}

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

async function refuseStrangers({ organizations }: Pick<AdminTransaction, 'organizations'>, invited: string[], at: string): Promise<void> {
  for (const [index, id] of invited.entries()) {
    if ((await organizations.get(id)) === undefined) invalid(`${at}/invited/${index}`, `there is no organization "${id}"`)
  }
}
