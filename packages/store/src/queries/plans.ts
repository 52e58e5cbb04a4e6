import type { AdminQueries } from '@faregate/admin/ports'
import type { SubscriptionRow } from '@faregate/admin/ports-plans'
import type { PlanTerms, PlanVersion, Subscription } from '@faregate/billing'
import type { Kysely, Selectable } from 'kysely'
import type { PlansTable, SubscriptionsTable } from '../schema-plans.ts'
import type { Schema } from '../schema.ts'
import { toNumber, toNumberOrNull } from './columns.ts'

export function planQueries(db: Kysely<Schema>): AdminQueries['plans'] {
  return {
    async get(name, version) {
      let query = db.selectFrom('plans').selectAll().where('name', '=', name).orderBy('version', 'desc').limit(1)
      if (version !== undefined) query = query.where('version', '=', BigInt(version))
      const row = await query.executeTakeFirst()
      return row && planOf(row)
    },
    async list() {
      return (await db.selectFrom('plans').selectAll().orderBy('name').orderBy('version').execute()).map(planOf)
    },
  }
}

export function subscriptionQueries(db: Kysely<Schema>): AdminQueries['subscriptions'] {
  const all = () => db.selectFrom('subscriptions').selectAll()
  return {
    async get(id) {
      const row = await all().where('id', '=', id).executeTakeFirst()
      return row && subscriptionOf(row)
    },
    async list({ limit, before }, organization) {
      let query = all().where('organization_id', '=', organization).orderBy('id', 'desc').limit(limit)
      if (before !== undefined) query = query.where('id', '<', before)
      return (await query.execute()).map(subscriptionOf)
    },
    async ofOrganization(organization) {
      return (await all().where('organization_id', '=', organization).orderBy('id').execute()).map(subscriptionOf)
    },
    async ofPlans(names) {
      if (names.length === 0) return []
      return (await all().where('plan', 'in', names).orderBy('id').execute()).map(subscriptionOf)
    },
    async ofPlan({ limit, before }, plan) {
      let query = all().where('plan', '=', plan).orderBy('id', 'desc').limit(limit)
      if (before !== undefined) query = query.where('id', '<', before)
      return (await query.execute()).map(subscriptionOf)
    },
    async toTurn(now, limit) {
      return (await all().where('turns_at', '<=', BigInt(now)).orderBy('turns_at').limit(limit).execute()).map(subscriptionOf)
    },
    async toLookAt(now, limit) {
      return (await all().where('look_at', '<=', BigInt(now)).orderBy('look_at').limit(limit).execute()).map(subscriptionOf)
    },
  }
}

/** What plans say of what there was not when they were made. */
const LATER_TERMS: Pick<PlanTerms, 'features' | 'prices' | 'limits'> = { features: ['*'], prices: [], limits: [] }

function planOf({ name, version, terms, created_at }: Selectable<PlansTable>): PlanVersion {
  const { price, credit, ...rest } = JSON.parse(terms) as Omit<PlanTerms, 'price' | 'credit'> & { price: string; credit: string }
  return {
    ...LATER_TERMS,
    ...rest,
    price: BigInt(price),
    credit: BigInt(credit),
    name,
    version: toNumber(version),
    createdAt: toNumber(created_at),
  }
}

function subscriptionOf(row: Selectable<SubscriptionsTable>): SubscriptionRow {
  const { id, organization_id: organization, plan, version, facts, revision, look_at, turns_at, told, created_at } = row
  const known = JSON.parse(facts) as Omit<Subscription, 'id' | 'organization' | 'plan' | 'version' | 'createdAt'>
  return {
    subscription: { ...known, id, organization, plan, version: toNumber(version), createdAt: toNumber(created_at) },
    revision: toNumber(revision),
    lookAt: toNumberOrNull(look_at),
    turnsAt: toNumberOrNull(turns_at),
    told,
  }
}

/** Two that make the same version at once: the second fails by the primary key. */
export async function insertPlan(db: Kysely<Schema>, { name, version, createdAt, price, credit, ...rest }: PlanVersion): Promise<void> {
  const terms = JSON.stringify({ ...rest, price: String(price), credit: String(credit) })
  await db.insertInto('plans').values({ name, version, terms, created_at: createdAt }).execute()
}

function columnsOf({ subscription, revision, lookAt, turnsAt, told }: SubscriptionRow) {
  const { id: _id, organization: _organization, createdAt: _createdAt, plan, version, ...facts } = subscription
  return { plan, version, facts: JSON.stringify(facts), revision, look_at: lookAt, turns_at: turnsAt, told }
}

export async function insertSubscription(db: Kysely<Schema>, row: SubscriptionRow): Promise<void> {
  const { id, organization, createdAt } = row.subscription
  const columns = { id, organization_id: organization, created_at: createdAt, ...columnsOf(row) }
  await db.insertInto('subscriptions').values(columns).execute()
}

/** Writes the row if it is still the one that was read, whose revision it names; whether it was. */
export async function updateSubscription(db: Kysely<Schema>, row: SubscriptionRow): Promise<boolean> {
  const changed = await db
    .updateTable('subscriptions')
    .set({ ...columnsOf(row), revision: row.revision + 1 })
    .where('id', '=', row.subscription.id)
    .where('revision', '=', BigInt(row.revision))
    .executeTakeFirst()
  return changed.numUpdatedRows > 0n
}

export async function postponeSubscription(db: Kysely<Schema>, id: string, lookAt: number): Promise<void> {
  await db.updateTable('subscriptions').set({ look_at: lookAt }).where('id', '=', id).execute()
}
