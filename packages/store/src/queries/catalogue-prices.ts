import type { AdminQueries } from '@faregate/admin/ports'
import type { CataloguePriceRow, PriceDecision, PriceOfferRow, PriceOfferState } from '@faregate/admin/price-rows'
import type { Kysely, Selectable, Transaction } from 'kysely'
import type { CataloguePricesTable, PriceOffersTable } from '../schema-prices.ts'
import type { Schema } from '../schema.ts'
import { toNumber } from './columns.ts'

export function cataloguePriceQueries(db: Kysely<Schema>): AdminQueries['cataloguePrices'] {
  return {
    async list() {
      const rows = await db.selectFrom('catalogue_prices').selectAll().orderBy('price_key').orderBy('model').execute()
      return rows.map(cataloguePriceOf)
    },
  }
}

function cataloguePriceOf(row: Selectable<CataloguePricesTable>): CataloguePriceRow {
  return {
    priceKey: row.price_key,
    model: row.model,
    release: row.release_day,
    seen: row.seen_day,
    schedule: row.schedule,
    usedAt: toNumber(row.used_at),
  }
}

export function priceOfferQueries(db: Kysely<Schema>): AdminQueries['priceOffers'] {
  return {
    async get(id) {
      const row = await db.selectFrom('price_offers').selectAll().where('id', '=', id).executeTakeFirst()
      return row && priceOfferOf(row)
    },
    async list(states) {
      const rows = await db
        .selectFrom('price_offers')
        .selectAll()
        .where('state', 'in', states)
        .orderBy('price_key')
        .orderBy('model')
        .orderBy('id')
        .execute()
      return rows.map(priceOfferOf)
    },
  }
}

function priceOfferOf(row: Selectable<PriceOffersTable>): PriceOfferRow {
  return {
    id: row.id,
    priceKey: row.price_key,
    model: row.model,
    release: row.release_day,
    schedule: row.schedule,
    share: row.share === null ? null : BigInt(row.share),
    effectiveAt: toNumber(row.effective_at),
    state: row.state as PriceOfferState,
    createdAt: toNumber(row.created_at),
  }
}

/** By the row of a counter, which every change of the configuration locks as well: nobody waits for two in the other order. */
export async function lockCataloguePrices(trx: Transaction<Schema>): Promise<void> {
  await trx
    .updateTable('counters')
    .set((eb) => ({ value: eb.ref('value') }))
    .where('name', '=', 'configuration')
    .execute()
}

export async function insertCataloguePrice(db: Kysely<Schema>, row: CataloguePriceRow, at: number): Promise<boolean> {
  const result = await db
    .insertInto('catalogue_prices')
    .values({ price_key: row.priceKey, model: row.model, ...pricesOf(row, at) })
    .onConflict((conflict) => conflict.columns(['price_key', 'model']).doNothing())
    .executeTakeFirst()
  return result.numInsertedOrUpdatedRows === 1n
}

export async function updateCataloguePrice(db: Kysely<Schema>, row: CataloguePriceRow, at: number): Promise<void> {
  await db
    .updateTable('catalogue_prices')
    .set(pricesOf(row, at))
    .where('price_key', '=', row.priceKey)
    .where('model', '=', row.model)
    .execute()
}

function pricesOf({ release, seen, schedule, usedAt }: CataloguePriceRow, at: number) {
  return { release_day: release, seen_day: seen, schedule, used_at: usedAt, updated_at: at }
}

export async function deleteCataloguePrice(db: Kysely<Schema>, priceKey: string, model: string): Promise<void> {
  await db.deleteFrom('catalogue_prices').where('price_key', '=', priceKey).where('model', '=', model).execute()
}

export async function insertPriceOffer(db: Kysely<Schema>, row: PriceOfferRow): Promise<void> {
  await db
    .insertInto('price_offers')
    .values({
      id: row.id,
      price_key: row.priceKey,
      model: row.model,
      release_day: row.release,
      schedule: row.schedule,
      share: row.share === null ? null : String(row.share),
      effective_at: row.effectiveAt,
      state: row.state,
      created_at: row.createdAt,
      decided_at: null,
      decided_by: null,
      reason: null,
    })
    .execute()
}

export async function decidePriceOffer(db: Kysely<Schema>, id: string, state: PriceOfferState, decision: PriceDecision): Promise<boolean> {
  const result = await db
    .updateTable('price_offers')
    .set({ state: decision.state, decided_at: decision.at, decided_by: decision.by, reason: decision.reason })
    .where('id', '=', id)
    .where('state', '=', state)
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}
