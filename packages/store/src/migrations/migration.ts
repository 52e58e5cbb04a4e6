import { initial } from './0001-initial.ts'
import { units } from './0002-units.ts'
import { cataloguePrices } from './0003-catalogue-prices.ts'
import { people } from './0004-people.ts'
import { limits } from './0005-limits.ts'
import { plans } from './0006-plans.ts'
import { payments } from './0007-payments.ts'
import { invoices } from './0008-invoices.ts'
import { limitRequests } from './0010-limit-requests.ts'
import { apis } from './0011-apis.ts'
import { terms } from './0012-terms.ts'
import { savedPayments } from './0013-saved-payments.ts'
import { teamsAndOwners } from './0014-teams-and-owners.ts'
import { apiReleases } from './0015-api-releases.ts'
import { apiRetirement } from './0016-api-retirement.ts'
import { apiCatalogue } from './0019-api-catalogue.ts'
import { endedOrders } from './0020-ended-orders.ts'
import { callers } from './0021-callers.ts'
import { apiOwners } from './0022-api-owners.ts'
import { violations } from './0023-violations.ts'
import { apiListings } from './0024-api-listings.ts'
import { stages } from './0025-stages.ts'
import { measured } from './0027-measured.ts'
import { apiRetirements } from './0028-api-retirements.ts'

/** One step of the schema: forward only, never changed once released. */
export interface Migration {
  number: number
  name: string
  /** Written for SQLite in the subset that `renderForPostgres` can carry over. */
  statements: string[]
}

/** All steps in order; the number of the last is the version of the schema that this program speaks. */
export const MIGRATIONS: readonly Migration[] = [
  initial,
  units,
  cataloguePrices,
  people,
  limits,
  plans,
  payments,
  invoices,
  limitRequests,
  apis,
  terms,
  savedPayments,
  teamsAndOwners,
  apiReleases,
  apiRetirement,
  apiCatalogue,
  endedOrders,
  callers,
  apiOwners,
  violations,
  apiListings,
  stages,
  measured,
  apiRetirements,
]

/** Where the version lives; made before the first migration, the same for ever. */
export const META_TABLE = 'CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT'

/** A statement for PostgreSQL: 64-bit integers by their name there, text compared by bytes as SQLite does. */
export function renderForPostgres(statement: string): string {
  return statement
    .replace(/\bINTEGER\b/g, 'BIGINT')
    .replace(/\bTEXT\b/g, 'TEXT COLLATE "C"')
    .replace(/ STRICT$/, '')
}
