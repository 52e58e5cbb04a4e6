import type { Int, IntOrNull, Json } from './schema.ts'

/** An address that is told of events. */
export interface WebhooksTable {
  id: string
  /** Null: of every organization. */
  organization_id: string | null
  url: string
  secret_sealed: string
  /** JSON array of event types. */
  events: Json
  balance_below: IntOrNull
  enabled: Int
  trusted: Int
  created_at: Int
}

/** The outbox: an event on its way to a webhook, written in the transaction of its cause. */
export interface WebhookDeliveriesTable {
  event_id: string
  webhook_id: string
  type: string
  /** What is sent, byte for byte, each time. */
  body: Json
  /** `pending`, `delivered` or `failed`. */
  state: string
  attempts: Int
  at: Int
  /** While it is pending: nobody tries it before. Whoever tries it moves this first. */
  next_at: Int
  last_at: IntOrNull
  last_status: IntOrNull
  last_error: string | null
}

/** What a webhook has been told of and what still holds, so that it is told once: a balance that is low, a cap that is reached. */
export interface WebhookMarksTable {
  webhook_id: string
  subject: string
  at: Int
}
