import { formatAmount } from '@faregate/core'
import { presentCap } from '../caps.ts'
import type { TeamRow } from '../people-rows.ts'
import type { ApplicationRow, BalanceRow, KeyRow, OrganizationRow, TokenRow } from '../rows.ts'
import { timeText, timeTextOrNull } from './time.ts'

export function presentOrganization({ cap, userCap, tagCap, suspended, createdAt, ...row }: OrganizationRow) {
  const standing = suspended === null ? null : { since: timeText(suspended.since), reason: suspended.reason }
  const { id, name, currency, zone, limits, priceFactor, disclosure, billTo } = row
  const billing = { mode: row.billing.mode, creditLimit: formatAmount(row.billing.creditLimit) }
  const caps = { cap: presentCap(cap), userCap: presentCap(userCap), tagCap: presentCap(tagCap) }
  const terms = { priceFactor, prices: [...row.prices], disclosure, billing, billTo }
  return { id, name, currency, zone, limits, suspended: standing, ...caps, ...terms, createdAt: timeText(createdAt) }
}

export function presentBalance({ currency, billing }: OrganizationRow, balance: BalanceRow) {
  const { granted, expired, posted, held, overdraft, creditLimit } = balance
  const available = granted - expired - posted - held
  return {
    currency,
    granted: formatAmount(granted),
    expired: formatAmount(expired),
    posted: formatAmount(posted),
    held: formatAmount(held),
    available: formatAmount(available),
    overdraft: formatAmount(overdraft),
    mode: billing.mode,
    creditLimit: formatAmount(creditLimit),
    spendable: formatAmount(available + creditLimit),
  }
}

export function presentTeam({ id, name, organization, cap, createdAt }: TeamRow) {
  return { id, name, organization, cap: presentCap(cap), createdAt: timeText(createdAt) }
}

export function presentApplication({ id, name, organization, team, owner, limits, createdAt }: ApplicationRow) {
  return { id, name, organization, team, owner, limits, createdAt: timeText(createdAt) }
}

/** Without the hash: nothing that leads to the key leaves. */
export function presentKey(row: KeyRow, now: number) {
  const expired = row.state !== 'revoked' && row.expiresAt !== null && row.expiresAt <= now
  return {
    id: row.id,
    name: row.name,
    application: row.application,
    organization: row.organization,
    member: row.member,
    lastFour: row.lastFour,
    state: expired ? ('expired' as const) : row.state,
    enabled: row.state === 'active',
    scopes: row.scopes,
    identity: row.identity,
    addresses: row.addresses,
    models: row.models,
    apis: row.apis,
    stage: row.stage,
    cap: presentCap(row.cap),
    limits: row.limits,
    expiresAt: timeTextOrNull(row.expiresAt),
    lastUsedAt: timeTextOrNull(row.lastUsedAt),
    createdAt: timeText(row.createdAt),
  }
}

export function presentToken({ id, name, lastFour, permissions, organization, member, expiresAt, createdAt }: TokenRow) {
  return { id, name, lastFour, permissions, organization, member, expiresAt: timeTextOrNull(expiresAt), createdAt: timeText(createdAt) }
}
