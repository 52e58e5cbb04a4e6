import type { EventName, Millis, Nano } from '@faregate/core'

/** An address that is told of events. */
export interface WebhookRow {
  id: string
  /** Whose events; null: of every organization. */
  organization: string | null
  url: string
  /** Sealed under the name `webhook:<id>`. */
  secretSealed: string
  events: EventName[]
  balanceBelow: Nano | null
  enabled: boolean
  /** The operator set the URL, which may then lead into the operator's own network. */
  trusted: boolean
  createdAt: Millis
}

export type WebhookChange = Partial<Pick<WebhookRow, 'url' | 'events' | 'balanceBelow' | 'enabled' | 'trusted'>>

export type DeliveryState = 'pending' | 'delivered' | 'failed'

/** One event on its way to one webhook. */
export interface DeliveryRow {
  event: string
  webhook: string
  type: string
  state: DeliveryState
  attempts: number
  at: Millis
  nextAt: Millis
  lastAt: Millis | null
  lastStatus: number | null
  lastError: string | null
}

/** Something that happened. */
export interface EventRow {
  id: string
  /** A name of `EVENTS`, or `TEST_EVENT`. */
  type: string
  /** Whom it concerns. */
  organization: string | null
  at: Millis
  /** What receivers are told beside type and time; amounts as decimal strings, never a secret. */
  data: Record<string, unknown>
}
