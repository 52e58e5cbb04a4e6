import type { ApiRow, KeptDefinition } from '@faregate/admin/configuration-rows'
import type { ApiQueries } from '@faregate/admin/ports-apis'
import { inStaging, type ApiListing, type Retirement } from '@faregate/core'
import type { Kysely } from 'kysely'
import type { Schema } from '../schema.ts'
import { toNumber } from './columns.ts'

export function apiStagingQueries(db: Kysely<Schema>): ApiQueries['apiStaging'] {
  return {
    async get(api) {
      const row = await db.selectFrom('api_staging').select('release_number').where('api', '=', api).executeTakeFirst()
      return row && toNumber(row.release_number)
    },
    list: () => stagedApis(db),
  }
}

/** Puts a release in staging, in place of the one before; undefined: none. */
export async function putApiStaging(db: Kysely<Schema>, api: string, release: number | undefined): Promise<void> {
  await db.deleteFrom('api_staging').where('api', '=', api).execute()
  if (release !== undefined) await db.insertInto('api_staging').values({ api, release_number: release }).execute()
}

/** All that is in staging, as it serves there. How an API goes holds for both stages. */
export async function stagedApis(db: Kysely<Schema>): Promise<ApiRow[]> {
  const rows = await db
    .selectFrom('api_staging')
    .innerJoin('api_releases', (join) =>
      join.onRef('api_releases.api', '=', 'api_staging.api').onRef('api_releases.number', '=', 'api_staging.release_number'),
    )
    .leftJoin('api_retirements', 'api_retirements.api', 'api_staging.api')
    .leftJoin('api_owners', 'api_owners.api', 'api_staging.api')
    .leftJoin('api_listings', 'api_listings.api', 'api_staging.api')
    .select(['api_releases.api', 'api_releases.number', 'api_releases.definition', 'api_releases.published_at'])
    .select(['api_retirements.retirement', 'api_owners.organization_id', 'api_listings.listing'])
    .orderBy('api_staging.api')
    .execute()
  return rows.map(({ api, number, definition, published_at: at, retirement, organization_id: owner, listing }) => ({
    ...inStaging(JSON.parse(definition) as KeptDefinition),
    ...(retirement === null ? {} : { retirement: JSON.parse(retirement) as Retirement }),
    ...(listing === null ? {} : { listing: JSON.parse(listing) as ApiListing }),
    ...(owner === null ? {} : { organization: owner }),
    name: api,
    release: toNumber(number),
    createdAt: toNumber(at),
  }))
}
