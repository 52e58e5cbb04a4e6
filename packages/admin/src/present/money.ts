import { formatAmount } from '@faregate/core'
import type { EntryRow, GrantRow } from '../rows.ts'
import { timeText, timeTextOrNull } from './time.ts'

export function presentGrant(row: GrantRow) {
  return {
    id: row.id,
    organization: row.organization,
    amount: formatAmount(row.amount),
    reason: row.reason,
    priority: row.priority,
    expiresAt: timeTextOrNull(row.expiresAt),
    posted: formatAmount(row.posted),
    held: formatAmount(row.held),
    expired: formatAmount(row.expired),
    reversed: formatAmount(row.reversed),
    remaining: formatAmount(row.amount - row.posted - row.held - row.expired - row.reversed),
    createdAt: timeText(row.at),
  }
}

export function presentEntry({ seq, id, kind, request, at, legs, terms }: EntryRow) {
  const reason = terms['reason']
  return {
    seq: seq.toString(),
    id,
    kind,
    request,
    at: timeText(at),
    legs: legs.map((leg) => ({ ...leg, amount: formatAmount(leg.amount) })),
    reason: typeof reason === 'string' ? reason : null,
  }
}
