import { formatAmount, type EventName } from '@faregate/core'
import type { WebhookRow } from '@faregate/admin'
import type { Store } from '@faregate/store'
import {
  apiOwnerQueries,
  balancesBelow,
  capName,
  expiringKeys,
  refusedByCaps,
  runningAccounts,
  usedCaps,
  type UsedCap,
} from '@faregate/store/queries/index'
import { apiAlerts } from './api-alerts.ts'

/** Something that holds now and that a webhook is told of once, until it has ended and begun again. */
export interface Holding {
  /** Names it among all that the webhook is told of. */
  subject: string
  /** Null: it concerns no one of them alone. */
  organization: string | null
  data: Record<string, unknown>
}

interface Look {
  read: Store['read']
  webhook: WebhookRow
  now: number
  /** Subjects that held before, and when they were told. */
  marks: ReadonlyMap<string, number>
}

const KEY_NOTICE_MS = 7 * 86_400_000
/** Refusals are recorded off the request path, a little later. */
const REFUSED_MS = 30_000
/** How the accounts of end users' and tags' caps begin; those of members' name the member. */
const NAMED = ['cap:user:org_', 'cap:tag:org_']

/** Events that come from how things stand rather than from what somebody did: how to find what holds. */
export const CONDITIONS: Partial<Record<EventName, (look: Look) => Promise<Holding[]>>> = {
  'balance.low': lowBalances,
  'cap.80': (look) => caps(look, 'cap.80', ({ used, limit }) => used * 5n >= limit * 4n),
  'cap.100': (look) => caps(look, 'cap.100', ({ used, limit }) => used >= limit),
  'key.expiring': keysAboutToExpire,
  'api.alert': alertsOfApis,
}

/** The operator is told of every API, an organization of its own. */
async function alertsOfApis({ read, webhook: { organization }, marks, now }: Look): Promise<Holding[]> {
  const own = organization === null ? undefined : new Set(await apiOwnerQueries(read).of(organization))
  return apiAlerts(read, marks, now, (api) => own?.has(api) ?? true)
}

async function lowBalances({ read, webhook, now }: Look): Promise<Holding[]> {
  const threshold = webhook.balanceBelow
  if (threshold === null) return []
  const low = await balancesBelow(read, webhook.organization, threshold, now)
  return low.map(({ organization, balance }) => ({
    subject: `balance.low:${organization}`,
    organization,
    data: { balance: formatAmount(balance), threshold: formatAmount(threshold) },
  }))
}

async function caps(
  { read, webhook, now, marks }: Look,
  type: 'cap.80' | 'cap.100',
  reached: (cap: { used: bigint; limit: bigint }) => boolean,
): Promise<Holding[]> {
  const since = now - REFUSED_MS
  const refused = await refusedByCaps(read, since)
  const all = await usedCaps(read, webhook.organization, now, since)
  const holding = all
    .map((cap) => ({ ...cap, subject: `${type}:${cap.account}:${cap.limit}` }))
    .filter((cap) => reached(cap) || refused.has(capName(cap)) || marks.has(cap.subject))
    .map(({ subject, ...cap }) => ({ subject, organization: cap.organization, data: capData(cap) }))
  const silent = await silentNames(
    read,
    NAMED.map((prefix) => `${type}:${prefix}`),
    marks,
    now,
  )
  return [...holding, ...silent]
}

/** End users and tags are looked at while they call; what one was told of holds on until the period of its cap has passed. */
async function silentNames(read: Store['read'], prefixes: string[], marks: ReadonlyMap<string, number>, now: number): Promise<Holding[]> {
  const accounts = new Map<string, string>()
  for (const subject of marks.keys())
    if (prefixes.some((prefix) => subject.startsWith(prefix)))
      accounts.set(subject, subject.slice(subject.indexOf(':') + 1, subject.lastIndexOf(':')))
  const running = await runningAccounts(read, [...accounts.values()], now)
  return [...accounts].filter(([, account]) => running.has(account)).map(([subject]) => ({ subject, organization: '', data: {} }))
}

function capData({ cap, id, label, period, limit, used }: UsedCap): Record<string, unknown> {
  const named = { key: { key: id, lastFour: label }, user: { user: id }, tag: { tag: id }, org: {} }
  const who = cap === 'member' || cap === 'team' ? { [cap]: id, name: label } : named[cap]
  return { cap, ...who, period, limit: formatAmount(limit), used: formatAmount(used) }
}

async function keysAboutToExpire({ read, webhook, now }: Look): Promise<Holding[]> {
  const keys = await expiringKeys(read, webhook.organization, now, now + KEY_NOTICE_MS)
  return keys.map(({ organization, key, name, lastFour, expiresAt }) => ({
    subject: `key.expiring:${key}:${expiresAt}`,
    organization,
    data: { key, name, lastFour, expiresAt: new Date(expiresAt).toISOString() },
  }))
}
