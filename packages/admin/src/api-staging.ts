import { STAGING_PREFIX } from '@faregate/core'
import { refuseSharedPrefix } from './api-definition.ts'
import type { Context } from './call.ts'
import type { ApiReleaseRow } from './configuration-rows.ts'
import type { AdminTransaction } from './ports.ts'

/** Puts a release in staging, in place of the one before. There, too, callers find an API by its prefix alone. */
export async function putInStaging(context: Context, trx: AdminTransaction, { api, number, definition }: ApiReleaseRow): Promise<void> {
  const { apiStaging } = trx
  const read = { apis: { list: () => apiStaging.list(), get: (name: string) => trx.apis.get(name) } }
  await refuseSharedPrefix(context, read, { name: api, prefix: STAGING_PREFIX + definition.prefix })
  await trx.putApiStaging(api, number)
}
