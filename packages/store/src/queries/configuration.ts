import { providerKeySealName, type ApiEntry, type ModelEntry, type ProviderEntry, type StoredSettings } from '@faregate/core'
import type { AdminQueries } from '@faregate/admin/ports'
import type { ModelDefinition, ModelRow, ProviderRow, SealedKey } from '@faregate/admin/configuration-rows'
import type { PriceRow } from '@faregate/admin/rows'
import type { Kysely, Selectable } from 'kysely'
import type { PricesTable } from '../schema-prices.ts'
import type { ModelsTable, ProvidersTable } from '../schema-configuration.ts'
import type { Schema } from '../schema.ts'
import { canaryDefinitions, canaryKey } from './api-canaries.ts'
import { stagedApis } from './api-staging.ts'
import { apiQueries, openApi } from './apis.ts'
import { toNumber } from './columns.ts'
import { settingQueries } from './settings.ts'

/** What the database adds to the configuration file. */
export interface StoredConfiguration {
  providers: ProviderEntry[]
  models: ModelEntry[]
  apis: ApiEntry[]
  /** What of them is in staging. */
  staged: ApiEntry[]
  prices: PriceRow[]
  settings: StoredSettings
}

/** Reads providers, models, APIs, prices and settings of the database. `unseal` opens their secrets; what it throws is passed on. */
export async function readConfiguration(
  db: Kysely<Schema>,
  unseal: (sealed: string, name: string) => string,
): Promise<StoredConfiguration> {
  const [providers, models, apis, tried, staged, prices, settings] = await Promise.all([
    providerQueries(db).list(),
    modelQueries(db).list(),
    apiQueries(db).list(),
    canaryDefinitions(db),
    stagedApis(db),
    priceQueries(db).list(),
    settingQueries(db).stored(),
  ])
  return {
    providers: providers.map((row) => openProvider(row, unseal)),
    models: models.map(({ createdAt: _createdAt, ...model }) => ({ ...model, managedBy: { source: 'database' } })),
    apis: apis.map((row) => openApi(row, unseal, tried.get(canaryKey(row.name, row.canary?.release)))),
    staged: staged.map((row) => openApi(row, unseal)),
    prices,
    settings,
  }
}

function openProvider(row: ProviderRow, unseal: (sealed: string, name: string) => string): ProviderEntry {
  const keys = row.keys.map(({ id, sealed, weight, priority }) => ({
    id,
    weight,
    priority,
    secret: unseal(sealed, providerKeySealName(row.name, id)),
  }))
  return { name: row.name, kind: row.kind, baseUrl: row.baseUrl, keyless: row.keyless, keys, managedBy: { source: 'database' } }
}

export function providerQueries(db: Kysely<Schema>): AdminQueries['providers'] {
  return {
    async get(name) {
      const row = await db.selectFrom('providers').selectAll().where('name', '=', name).executeTakeFirst()
      return row && providerOf(row)
    },
    async list() {
      return (await db.selectFrom('providers').selectAll().orderBy('name').execute()).map(providerOf)
    },
  }
}

function providerOf(row: Selectable<ProvidersTable>): ProviderRow {
  return {
    name: row.name,
    kind: row.kind,
    baseUrl: row.base_url,
    keyless: row.keyless === 1n,
    keys: JSON.parse(row.keys_sealed) as SealedKey[],
    createdAt: toNumber(row.created_at),
  }
}

export function modelQueries(db: Kysely<Schema>): AdminQueries['models'] {
  return {
    async get(name) {
      const row = await db.selectFrom('models').selectAll().where('name', '=', name).executeTakeFirst()
      return row && modelOf(row)
    },
    async list() {
      return (await db.selectFrom('models').selectAll().orderBy('name').execute()).map(modelOf)
    },
  }
}

function modelOf(row: Selectable<ModelsTable>): ModelRow {
  return { ...(JSON.parse(row.definition) as ModelDefinition), name: row.name, createdAt: toNumber(row.created_at) }
}

export function priceQueries(db: Kysely<Schema>): AdminQueries['prices'] {
  return {
    async get(name) {
      const row = await db.selectFrom('prices').selectAll().where('name', '=', name).executeTakeFirst()
      return row && priceOf(row)
    },
    async list() {
      return (await db.selectFrom('prices').selectAll().orderBy('name').execute()).map(priceOf)
    },
  }
}

function priceOf(row: Selectable<PricesTable>): PriceRow {
  const rates = JSON.parse(row.rates) as Record<string, string>
  return { name: row.name, provider: row.provider, model: row.model, rates, version: row.version, createdAt: toNumber(row.created_at) }
}

/** Inserts or replaces; the time of the first insert stays. */
export async function putProvider(db: Kysely<Schema>, row: ProviderRow, at: number): Promise<void> {
  const columns = {
    kind: row.kind,
    base_url: row.baseUrl,
    keyless: row.keyless ? 1 : 0,
    keys_sealed: JSON.stringify(row.keys),
    updated_at: at,
  }
  await db
    .insertInto('providers')
    .values({ name: row.name, created_at: row.createdAt, ...columns })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(columns))
    .execute()
}

export async function putModel(db: Kysely<Schema>, row: ModelRow, at: number): Promise<void> {
  const { name, createdAt, ...definition } = row
  const columns = { definition: JSON.stringify(definition), updated_at: at }
  await db
    .insertInto('models')
    .values({ name, created_at: createdAt, ...columns })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(columns))
    .execute()
}

export async function putPrice(db: Kysely<Schema>, row: PriceRow, at: number): Promise<void> {
  const columns = { rates: JSON.stringify(row.rates), version: row.version, updated_at: at }
  await db
    .insertInto('prices')
    .values({ name: row.name, provider: row.provider, model: row.model, created_at: row.createdAt, ...columns })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(columns))
    .execute()
}
