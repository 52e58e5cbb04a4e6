import { formatAmount } from '@faregate/core'
import type { DeliveryRow, WebhookRow } from '../webhook-rows.ts'
import { timeText, timeTextOrNull } from './time.ts'

/** Without the secret, sealed or not. */
export function presentWebhook({ id, organization, url, events, balanceBelow, enabled, createdAt }: WebhookRow) {
  const below = balanceBelow === null ? null : formatAmount(balanceBelow)
  return { id, organization, url, events, balanceBelow: below, enabled, createdAt: timeText(createdAt) }
}

export function presentDelivery({ event, type, state, attempts, at, nextAt, lastAt, lastStatus, lastError }: DeliveryRow) {
  const next = state === 'pending' ? timeText(nextAt) : null
  return { event, type, state, attempts, at: timeText(at), nextAt: next, lastAt: timeTextOrNull(lastAt), lastStatus, lastError }
}
