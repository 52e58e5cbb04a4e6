import type { AdminQueries } from '@faregate/admin/ports'
import type { DeliveryRow, DeliveryState, EventRow, WebhookChange, WebhookRow } from '@faregate/admin/webhook-rows'
import type { EventName } from '@faregate/core'
import type { Kysely, Selectable, Updateable } from 'kysely'
import type { Schema } from '../schema.ts'
import type { WebhookDeliveriesTable, WebhooksTable } from '../schema-webhooks.ts'
import { toNumber, toNumberOrNull } from './columns.ts'

export function webhookQueries(db: Kysely<Schema>): AdminQueries['webhooks'] {
  return {
    async get(id) {
      const row = await db.selectFrom('webhooks').selectAll().where('id', '=', id).executeTakeFirst()
      return row && webhookOf(row)
    },
    async list({ limit, before }, { organization }) {
      let query = db.selectFrom('webhooks').selectAll().orderBy('id', 'desc').limit(limit)
      if (before !== undefined) query = query.where('id', '<', before)
      if (organization !== undefined) query = query.where('organization_id', '=', organization)
      return (await query.execute()).map(webhookOf)
    },
    async deliveries({ limit, before }, { webhook, state }) {
      let query = db.selectFrom('webhook_deliveries').selectAll().where('webhook_id', '=', webhook).orderBy('event_id', 'desc').limit(limit)
      if (before !== undefined) query = query.where('event_id', '<', before)
      if (state !== undefined) query = query.where('state', '=', state)
      return (await query.execute()).map(deliveryOf)
    },
    async deliveriesOf(event) {
      const shared = sentOf(event)
      const told = await toldOf(db, event)
      return told.map((webhook) => ({ table: 'webhook_deliveries', values: { ...shared, webhook_id: webhook } }))
    },
  }
}

export function webhookOf(row: Selectable<WebhooksTable>): WebhookRow {
  return {
    id: row.id,
    organization: row.organization_id,
    url: row.url,
    secretSealed: row.secret_sealed,
    events: JSON.parse(row.events) as EventName[],
    balanceBelow: row.balance_below,
    enabled: row.enabled === 1n,
    trusted: row.trusted === 1n,
    createdAt: toNumber(row.created_at),
  }
}

function deliveryOf(row: Selectable<WebhookDeliveriesTable>): DeliveryRow {
  return {
    event: row.event_id,
    webhook: row.webhook_id,
    type: row.type,
    state: row.state as DeliveryState,
    attempts: toNumber(row.attempts),
    at: toNumber(row.at),
    nextAt: toNumber(row.next_at),
    lastAt: toNumberOrNull(row.last_at),
    lastStatus: toNumberOrNull(row.last_status),
    lastError: row.last_error,
  }
}

export async function insertWebhook(db: Kysely<Schema>, row: WebhookRow): Promise<void> {
  await db
    .insertInto('webhooks')
    .values({
      id: row.id,
      organization_id: row.organization,
      url: row.url,
      secret_sealed: row.secretSealed,
      events: JSON.stringify(row.events),
      balance_below: row.balanceBelow,
      enabled: row.enabled ? 1 : 0,
      trusted: row.trusted ? 1 : 0,
      created_at: row.createdAt,
    })
    .execute()
}

export async function updateWebhook(db: Kysely<Schema>, id: string, change: WebhookChange): Promise<void> {
  const columns: Updateable<WebhooksTable> = {}
  if (change.url !== undefined) columns.url = change.url
  if (change.events !== undefined) columns.events = JSON.stringify(change.events)
  if (change.balanceBelow !== undefined) columns.balance_below = change.balanceBelow
  if (change.enabled !== undefined) columns.enabled = change.enabled ? 1 : 0
  if (change.trusted !== undefined) columns.trusted = change.trusted ? 1 : 0
  await db.updateTable('webhooks').set(columns).where('id', '=', id).execute()
}

export async function deleteWebhook(db: Kysely<Schema>, id: string): Promise<void> {
  await db.deleteFrom('webhook_marks').where('webhook_id', '=', id).execute()
  await db.deleteFrom('webhook_deliveries').where('webhook_id', '=', id).execute()
  await db.deleteFrom('webhooks').where('id', '=', id).execute()
}

/** Writes a delivery for each webhook that is told of such events; for one alone where that is named, whatever it is told. */
export async function insertEvent(db: Kysely<Schema>, event: EventRow, only?: string): Promise<void> {
  const webhooks = only === undefined ? await toldOf(db, event) : [only]
  if (webhooks.length === 0) return
  const shared = sentOf(event)
  await db
    .insertInto('webhook_deliveries')
    .values(webhooks.map((webhook) => ({ ...shared, webhook_id: webhook, last_at: null, last_status: null, last_error: null })))
    .execute()
}

/** What all deliveries of an event have in common. */
function sentOf({ id, type, organization, at, data }: EventRow) {
  const body = JSON.stringify({ type, timestamp: new Date(at).toISOString(), data: { organization, ...data } })
  return { event_id: id, type, body, state: 'pending', attempts: 0, at, next_at: at }
}

async function toldOf(db: Kysely<Schema>, { type, organization }: EventRow): Promise<string[]> {
  const rows = await db
    .selectFrom('webhooks')
    .select(['id', 'events'])
    .where('enabled', '=', 1n)
    .where((eb) => eb.or([eb('organization_id', 'is', null), eb('organization_id', '=', organization)]))
    .execute()
  return rows.filter(({ events }) => (JSON.parse(events) as string[]).includes(type)).map(({ id }) => id)
}

export async function replayDeliveries(
  db: Kysely<Schema>,
  webhook: string,
  which: { event: string } | { since: number },
  at: number,
): Promise<number> {
  let query = db.updateTable('webhook_deliveries').set({ state: 'pending', attempts: 0, next_at: at }).where('webhook_id', '=', webhook)
  query = 'event' in which ? query.where('event_id', '=', which.event) : query.where('at', '>=', BigInt(which.since))
  return Number((await query.executeTakeFirst()).numUpdatedRows)
}
