import type { WebhookRow } from '@faregate/admin/webhook-rows'
import type { Kysely } from 'kysely'
import type { Schema } from '../schema.ts'
import { toNumber } from './columns.ts'
import { webhookOf } from './webhooks.ts'

/** A delivery that may be tried now. */
export interface DueDelivery {
  webhook: WebhookRow
  event: string
  type: string
  body: string
  /** Before this one. */
  attempts: number
  nextAt: number
}

/** Deliveries of enabled webhooks whose time has come: the oldest few of each, so that none keeps the others waiting. */
export async function dueDeliveries(db: Kysely<Schema>, now: number, perWebhook: number): Promise<DueDelivery[]> {
  const waiting = await db
    .selectFrom('webhooks')
    .selectAll()
    .where('enabled', '=', 1n)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('webhook_deliveries')
          .select('event_id')
          .whereRef('webhook_deliveries.webhook_id', '=', 'webhooks.id')
          .where('state', '=', 'pending')
          .where('next_at', '<=', BigInt(now)),
      ),
    )
    .execute()
  const found = await Promise.all(waiting.map((row) => dueOf(db, webhookOf(row), now, perWebhook)))
  return found.flat()
}

async function dueOf(db: Kysely<Schema>, webhook: WebhookRow, now: number, limit: number): Promise<DueDelivery[]> {
  const rows = await db
    .selectFrom('webhook_deliveries')
    .select(['event_id', 'type', 'body', 'attempts', 'next_at'])
    .where('webhook_id', '=', webhook.id)
    .where('state', '=', 'pending')
    .where('next_at', '<=', BigInt(now))
    .orderBy('next_at')
    .limit(limit)
    .execute()
  return rows.map(({ event_id: event, type, body, attempts, next_at: nextAt }) => ({
    webhook,
    event,
    type,
    body,
    attempts: toNumber(attempts),
    nextAt: toNumber(nextAt),
  }))
}

/** Takes a delivery until a moment, as its next attempt; false where another process has taken it meanwhile. */
export async function claimDelivery(db: Kysely<Schema>, due: DueDelivery, until: number): Promise<boolean> {
  const result = await db
    .updateTable('webhook_deliveries')
    .set({ next_at: until, attempts: due.attempts + 1 })
    .where('webhook_id', '=', due.webhook.id)
    .where('event_id', '=', due.event)
    .where('state', '=', 'pending')
    .where('next_at', '=', BigInt(due.nextAt))
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

/** How an attempt ended. */
export interface Attempt {
  at: number
  status: number | null
  error: string | null
  /** When to try again; `delivered` and `failed` end it. */
  next: number | 'delivered' | 'failed'
}

/** Writes down how an attempt ended, unless the delivery was replayed while it lasted. */
export async function endAttempt(db: Kysely<Schema>, due: DueDelivery, claimedUntil: number, attempt: Attempt): Promise<void> {
  const { at, status, error, next } = attempt
  await db
    .updateTable('webhook_deliveries')
    .set({
      last_at: at,
      last_status: status,
      last_error: error,
      ...(typeof next === 'number' ? { next_at: next } : { state: next }),
    })
    .where('webhook_id', '=', due.webhook.id)
    .where('event_id', '=', due.event)
    .where('next_at', '=', BigInt(claimedUntil))
    .execute()
}
