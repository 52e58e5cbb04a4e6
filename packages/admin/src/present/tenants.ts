import { formatAmount } from '@faregate/core'
import type { ApplicationRow, BalanceRow, KeyCap, KeyRow, OrganizationRow, TokenRow } from '../rows.ts'
import { timeText, timeTextOrNull } from './time.ts'

export function presentOrganization({ id, name, currency, zone, limits, createdAt }: OrganizationRow) {
  return { id, name, currency, zone, limits, createdAt: timeText(createdAt) }
}

export function presentBalance(currency: string, balance: BalanceRow) {
  const { granted, expired, posted, held, overdraft } = balance
  return {
    currency,
    granted: formatAmount(granted),
    expired: formatAmount(expired),
    posted: formatAmount(posted),
    held: formatAmount(held),
    available: formatAmount(granted - expired - posted - held),
    overdraft: formatAmount(overdraft),
  }
}

export function presentApplication({ id, name, organization, limits, createdAt }: ApplicationRow) {
  return { id, name, organization, limits, createdAt: timeText(createdAt) }
}

/** Without the hash: nothing that leads to the key leaves. */
export function presentKey(row: KeyRow, now: number) {
  const expired = row.state !== 'revoked' && row.expiresAt !== null && row.expiresAt <= now
  return {
    id: row.id,
    name: row.name,
    application: row.application,
    organization: row.organization,
    lastFour: row.lastFour,
    state: expired ? ('expired' as const) : row.state,
    enabled: row.state === 'active',
    scopes: row.scopes,
    models: row.models,
    cap: presentCap(row.cap),
    limits: row.limits,
    expiresAt: timeTextOrNull(row.expiresAt),
    createdAt: timeText(row.createdAt),
  }
}

function presentCap(cap: KeyCap | null) {
  return cap === null ? null : { amount: formatAmount(cap.amount), period: cap.period }
}

export function presentToken({ id, name, lastFour, permissions, organization, expiresAt, createdAt }: TokenRow) {
  return { id, name, lastFour, permissions, organization, expiresAt: timeTextOrNull(expiresAt), createdAt: timeText(createdAt) }
}
