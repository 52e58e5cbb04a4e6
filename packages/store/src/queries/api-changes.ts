import type { ApiChanges } from '@faregate/admin/ports-apis'
import type { Kysely } from 'kysely'
import type { Schema } from '../schema.ts'
import { putApiAlerts } from './api-alerts.ts'
import { claimApi } from './api-owners.ts'
import { putApiCanary } from './api-canaries.ts'
import { putApiListing, putApiRetirement } from './apis.ts'

/** What is said of an API and in none of its releases. */
export function changesOfNoRelease(
  trx: Kysely<Schema>,
): Pick<ApiChanges, 'claimApi' | 'putApiCanary' | 'putApiRetirement' | 'putApiListing' | 'putApiAlerts'> {
  return {
    claimApi: (name, organization) => claimApi(trx, name, organization),
    putApiCanary: (name, canary) => putApiCanary(trx, name, canary),
    putApiRetirement: (name, retirement) => putApiRetirement(trx, name, retirement),
    putApiListing: (name, listing) => putApiListing(trx, name, listing),
    putApiAlerts: (api, alerts) => putApiAlerts(trx, api, alerts),
  }
}
