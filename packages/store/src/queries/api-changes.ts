import type { ApiChanges } from '@faregate/admin/ports-apis'
import type { Kysely } from 'kysely'
import type { Schema } from '../schema.ts'
import { putApiAlerts } from './api-alerts.ts'
import { claimApi } from './api-owners.ts'
import { decideApiRequest, insertApiRequest, putApiApproval } from './api-requests.ts'
import { putApiStaging } from './api-staging.ts'
import { putApiCanary } from './api-canaries.ts'
import { putApiListing, putApiRetirement } from './apis.ts'

type Changes =
  | 'claimApi'
  | 'putApiCanary'
  | 'putApiStaging'
  | 'putApiApproval'
  | 'insertApiRequest'
  | 'decideApiRequest'
  | 'putApiRetirement'
  | 'putApiListing'
  | 'putApiAlerts'

/** What is said of an API and in none of its releases. */
export function changesOfNoRelease(trx: Kysely<Schema>): Pick<ApiChanges, Changes> {
  return {
    claimApi: (name, organization) => claimApi(trx, name, organization),
    putApiCanary: (name, canary) => putApiCanary(trx, name, canary),
    putApiStaging: (api, release) => putApiStaging(trx, api, release),
    putApiApproval: (api, required) => putApiApproval(trx, api, required),
    insertApiRequest: (row) => insertApiRequest(trx, row),
    decideApiRequest: (id, decision) => decideApiRequest(trx, id, decision),
    putApiRetirement: (name, retirement) => putApiRetirement(trx, name, retirement),
    putApiListing: (name, listing) => putApiListing(trx, name, listing),
    putApiAlerts: (api, alerts) => putApiAlerts(trx, api, alerts),
  }
}
