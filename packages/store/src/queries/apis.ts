import { apiSealName, type ApiEntry, type ApiListing, type ApiSecret, type OpenAuthentication, type Retirement } from '@faregate/core'
import type { AdminQueries } from '@faregate/admin/ports'
import type { ApiRow, KeptDefinition, SealedAuthentication, SealedSecret } from '@faregate/admin/configuration-rows'
import type { Kysely, Selectable } from 'kysely'
import type { ApisTable } from '../schema-configuration.ts'
import type { Schema } from '../schema.ts'
import { canaryOf } from './api-canaries.ts'
import { markInForce } from './api-releases.ts'
import { toNumber } from './columns.ts'

export function apiQueries(db: Kysely<Schema>): AdminQueries['apis'] {
  return {
    async get(name) {
      const row = await keptApis(db).where('name', '=', name).executeTakeFirst()
      return row && apiOf(row)
    },
    async list() {
      return (await keptApis(db).orderBy('name').execute()).map(apiOf)
    },
  }
}

export function apiListingQueries(db: Kysely<Schema>): AdminQueries['apiListings'] {
  return {
    async get(api) {
      const row = await db.selectFrom('api_listings').select('listing').where('api', '=', api).executeTakeFirst()
      return row && (JSON.parse(row.listing) as ApiListing)
    },
  }
}

function keptApis(db: Kysely<Schema>) {
  return db
    .selectFrom('apis')
    .leftJoin('api_owners', 'api_owners.api', 'apis.name')
    .leftJoin('api_listings', 'api_listings.api', 'apis.name')
    .leftJoin('api_retirements', 'api_retirements.api', 'apis.name')
    .selectAll('apis')
    .select(['api_owners.organization_id', 'api_listings.listing', 'api_retirements.retirement'])
}

/** What is said of an API beside its definition; nulls: nothing. */
interface Said {
  listing: string | null
  retirement: string | null
  organization_id: string | null
}

function apiOf(row: Selectable<ApisTable> & Said): ApiRow {
  const definition = JSON.parse(row.definition) as KeptDefinition
  const retirement = row.retirement === null ? {} : { retirement: JSON.parse(row.retirement) as Retirement }
  const listing = row.listing === null ? {} : { listing: JSON.parse(row.listing) as ApiListing }
  const canary = canaryOf(row)
  return {
    ...definition,
    ...retirement,
    ...listing,
    ...(canary === undefined ? {} : { canary }),
    ...(row.organization_id === null ? {} : { organization: row.organization_id }),
    name: row.name,
    release: toNumber(row.release_number),
    createdAt: toNumber(row.created_at),
  }
}

/**
 * Puts a release in force, alone. The time of the first insert stays, how the API goes, how it is listed, and whose it is.
 */
export async function putApi(
  db: Kysely<Schema>,
  { name, release, canary: _ends, retirement: _kept, listing: _stays, organization: _whose, createdAt, ...definition }: ApiRow,
  at: number,
): Promise<void> {
  const columns = {
    definition: JSON.stringify(definition),
    release_number: release,
    canary_release: null,
    canary: null,
    updated_at: at,
  }
  await db
    .insertInto('apis')
    .values({ name, created_at: createdAt, ...columns })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(columns))
    .execute()
  await markInForce(db, name, release, at)
}

/** Says how an API goes, whether it is in force or not; undefined: it stays. */
export async function putApiRetirement(db: Kysely<Schema>, name: string, retirement: Retirement | undefined): Promise<void> {
  if (retirement === undefined) return void (await db.deleteFrom('api_retirements').where('api', '=', name).execute())
  const columns = { retirement: JSON.stringify(retirement) }
  await db
    .insertInto('api_retirements')
    .values({ api: name, ...columns })
    .onConflict((conflict) => conflict.column('api').doUpdateSet(columns))
    .execute()
}

/** Says who may see an API, and who answers for it, whether it is in force or not. */
export async function putApiListing(db: Kysely<Schema>, api: string, listing: ApiListing): Promise<void> {
  const columns = { listing: JSON.stringify(listing) }
  await db
    .insertInto('api_listings')
    .values({ api, ...columns })
    .onConflict((conflict) => conflict.column('api').doUpdateSet(columns))
    .execute()
}

type Unseal = (sealed: string, name: string) => string

/** As it is in force: with its secrets opened, and with what is tried beside it (`tried`). What `unseal` throws is passed on. */
export function openApi(row: ApiRow, unseal: Unseal, tried?: KeptDefinition): ApiEntry {
  const entry = openRelease(row, unseal)
  const { canary } = row
  if (canary === undefined || tried === undefined) return entry
  const { release, ...terms } = canary
  const { name, retirement, listing, organization, createdAt } = row
  const beside = openRelease({ ...tried, name, release, retirement, listing, organization, createdAt }, unseal)
  // What kind of API it is, it stays.
  return { ...entry, canary: { ...terms, entry: beside } } as ApiEntry
}

function openRelease(row: ApiRow, unseal: Unseal): ApiEntry {
  const { createdAt: _createdAt, canary: _tried, authentication, ...api } = row
  const openSecret = <T extends SealedSecret>({ sealed, lastFour: _shown, ...open }: T, name: string) => ({
    ...open,
    secret: unseal(sealed, name),
  })
  const opened = <T extends SealedSecret>(kind: ApiSecret, secret: T) => openSecret(secret, apiSealName(row.name, kind, row.stage))
  // Who vouches for callers does so in every stage.
  const openWays = ({ introspection, ...ways }: SealedAuthentication): OpenAuthentication =>
    introspection === undefined ? ways : { ...ways, introspection: openSecret(introspection, apiSealName(row.name, 'introspection')) }
  const shared = {
    ...(authentication === undefined ? {} : { authentication: openWays(authentication) }),
    managedBy: { source: 'database' as const },
  }
  if (api.kind !== 'http') return { ...api, ...shared }
  const { upstream, staging: _elsewhere, ...service } = api
  const { baseUrl, header, basic, oauth, mutualTls, ca } = upstream
  return {
    ...service,
    ...shared,
    upstream: {
      baseUrl,
      ...(header === undefined ? {} : { header: opened('header', header) }),
      ...(basic === undefined ? {} : { basic: opened('basic', basic) }),
      ...(oauth === undefined ? {} : { oauth: opened('oauth', oauth) }),
      ...(mutualTls === undefined ? {} : { mutualTls: opened('mutualTls', { lastFour: '', ...mutualTls }) }),
      ...(ca === undefined ? {} : { ca }),
    },
  }
}
