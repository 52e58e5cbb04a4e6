import type { AdminQueries } from '@faregate/admin/ports'
import type { ApiReleaseRow } from '@faregate/admin/configuration-rows'
import type { Kysely, Selectable, Transaction } from 'kysely'
import type { ApiReleasesTable } from '../schema-configuration.ts'
import type { Schema } from '../schema.ts'
import { lockCataloguePrices } from './catalogue-prices.ts'
import { toNumber } from './columns.ts'

export function apiReleaseQueries(db: Kysely<Schema>): AdminQueries['apiReleases'] {
  return {
    async get(api, number) {
      const row = await db
        .selectFrom('api_releases')
        .selectAll()
        .where('api', '=', api)
        .where('number', '=', BigInt(number))
        .executeTakeFirst()
      return row && releaseOf(row)
    },
    async list(api, limit) {
      const all = db.selectFrom('api_releases').selectAll().where('api', '=', api).orderBy('number', 'desc')
      const rows = await (limit === undefined ? all : all.limit(limit)).execute()
      return rows.map(releaseOf)
    },
    async last(api) {
      const row = await db
        .selectFrom('api_releases')
        .select('number')
        .where('api', '=', api)
        .orderBy('number', 'desc')
        .limit(1)
        .executeTakeFirst()
      return row === undefined ? 0 : toNumber(row.number)
    },
    async everInForce(api, limit) {
      const rows = await db
        .selectFrom('api_releases')
        .select('number')
        .where('api', '=', api)
        .where('in_force_at', 'is not', null)
        .orderBy('number', 'desc')
        .limit(limit)
        .execute()
      return rows.map(({ number }) => toNumber(number))
    },
  }
}

function releaseOf(row: Selectable<ApiReleasesTable>): ApiReleaseRow {
  return {
    api: row.api,
    number: toNumber(row.number),
    definition: JSON.parse(row.definition) as ApiReleaseRow['definition'],
    note: row.note,
    overridden: JSON.parse(row.overridden) as string[],
    publishedBy: row.published_by,
    publishedAt: toNumber(row.published_at),
    base: toNumber(row.base),
    inForceAt: row.in_force_at === null ? null : toNumber(row.in_force_at),
  }
}

/** Keeps a release for ever; rejects one of a number that is taken. */
export async function insertApiRelease(db: Kysely<Schema>, row: ApiReleaseRow): Promise<void> {
  await db
    .insertInto('api_releases')
    .values({
      api: row.api,
      number: row.number,
      definition: JSON.stringify(row.definition),
      note: row.note,
      overridden: JSON.stringify(row.overridden),
      published_by: row.publishedBy,
      published_at: row.publishedAt,
      base: row.base,
      in_force_at: row.inForceAt,
    })
    .execute()
}

/** Says of a release that it is in force for all callers; when it first was, stays. */
export async function markInForce(db: Kysely<Schema>, api: string, number: number, at: number): Promise<void> {
  await db
    .updateTable('api_releases')
    .set({ in_force_at: at })
    .where('api', '=', api)
    .where('number', '=', BigInt(number))
    .where('in_force_at', 'is', null)
    .execute()
}

/** By the row that every change of the configuration locks: releases are numbered one after the other. */
export function lockApis(trx: Transaction<Schema>): Promise<void> {
  return lockCataloguePrices(trx)
}
