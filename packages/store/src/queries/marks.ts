import type { EventRow, WebhookRow } from '@faregate/admin/webhook-rows'
import type { Kysely, Transaction } from 'kysely'
import type { Schema } from '../schema.ts'
import { toNumber } from './columns.ts'
import { insertEvent, webhookOf } from './webhooks.ts'

/** Webhooks that are told anything at all. */
export async function enabledWebhooks(db: Kysely<Schema>): Promise<WebhookRow[]> {
  return (await db.selectFrom('webhooks').selectAll().where('enabled', '=', 1n).execute()).map(webhookOf)
}

/** What a webhook has been told of and what held when it was last looked at, with the time at which it was told. */
export async function marksOf(db: Kysely<Schema>, webhook: string): Promise<Map<string, number>> {
  const rows = await db.selectFrom('webhook_marks').select(['subject', 'at']).where('webhook_id', '=', webhook).execute()
  return new Map(rows.map(({ subject, at }) => [subject, toNumber(at)]))
}

/** Marks a subject and tells of it, unless another process has done so; a webhook that is gone is told nothing. */
export async function mark(trx: Transaction<Schema>, webhook: string, subject: string, event: EventRow): Promise<void> {
  const there = await trx.selectFrom('webhooks').select('id').where('id', '=', webhook).executeTakeFirst()
  if (there === undefined) return
  const result = await trx
    .insertInto('webhook_marks')
    .values({ webhook_id: webhook, subject, at: event.at })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  if (result.numInsertedOrUpdatedRows === 1n) await insertEvent(trx, event, webhook)
}

/** Forgets what no longer holds: when it does again, it is told again. */
export async function unmark(trx: Transaction<Schema>, webhook: string, subjects: string[]): Promise<void> {
  await trx.deleteFrom('webhook_marks').where('webhook_id', '=', webhook).where('subject', 'in', subjects).execute()
}

/** The same of one, and tells that it is over, unless another process has done so. */
export async function unmarkTold(trx: Transaction<Schema>, webhook: string, subject: string, event: EventRow): Promise<void> {
  const result = await trx.deleteFrom('webhook_marks').where('webhook_id', '=', webhook).where('subject', '=', subject).executeTakeFirst()
  if (result.numDeletedRows === 1n) await insertEvent(trx, event, webhook)
}
