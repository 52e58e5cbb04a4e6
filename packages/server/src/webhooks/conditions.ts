import { formatAmount, type EventName } from '@faregate/core'
import type { WebhookRow } from '@faregate/admin'
import type { Store } from '@faregate/store'
import { balancesBelow, expiringKeys, keysRefusedByCap, usedCaps } from '@faregate/store/queries/index'

/** Something that holds now and that a webhook is told of once, until it has ended and begun again. */
export interface Holding {
  /** Names it among all that the webhook is told of. */
  subject: string
  organization: string
  data: Record<string, unknown>
}

interface Look {
  read: Store['read']
  webhook: WebhookRow
  now: number
  /** Subjects that held before. */
  marks: ReadonlySet<string>
}

const KEY_NOTICE_MS = 7 * 86_400_000
/** Refusals are recorded off the request path, a little later. */
const REFUSED_MS = 30_000

/** Events that come from how things stand rather than from what somebody did: how to find what holds. */
export const CONDITIONS: Partial<Record<EventName, (look: Look) => Promise<Holding[]>>> = {
  'balance.low': lowBalances,
  'cap.80': (look) => caps(look, 'cap.80', ({ used, limit }) => used * 5n >= limit * 4n),
  'cap.100': (look) => caps(look, 'cap.100', ({ used, limit }) => used >= limit),
  'key.expiring': keysAboutToExpire,
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
  const refused = await keysRefusedByCap(read, now - REFUSED_MS)
  const all = await usedCaps(read, webhook.organization, now)
  return all
    .map((cap) => ({ ...cap, subject: `${type}:${cap.account}:${cap.limit}` }))
    .filter((cap) => reached(cap) || refused.has(cap.key) || marks.has(cap.subject))
    .map(({ subject, organization, key, lastFour, period, limit, used }) => ({
      subject,
      organization,
      data: { cap: 'key', key, lastFour, period, limit: formatAmount(limit), used: formatAmount(used) },
    }))
}

async function keysAboutToExpire({ read, webhook, now }: Look): Promise<Holding[]> {
  const keys = await expiringKeys(read, webhook.organization, now, now + KEY_NOTICE_MS)
  return keys.map(({ organization, key, name, lastFour, expiresAt }) => ({
    subject: `key.expiring:${key}:${expiresAt}`,
    organization,
    data: { key, name, lastFour, expiresAt: new Date(expiresAt).toISOString() },
  }))
}
