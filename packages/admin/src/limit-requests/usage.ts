import { formatAmount, type Millis } from '@faregate/core'
import { spanOf } from '@faregate/ledger/period'
import { fitsModel, type Quota } from '@faregate/billing'
import type { AdminQueries } from '../ports.ts'
import type { Slot, Spread } from './rows.ts'
import type { Target } from './targets.ts'

const DAYS = 30
const DAY_MS = 86_400_000

/** How a value is proposed, for people. */
const RULE =
  'One and a half times the peak of the last 30 days, rounded up to two digits; at least what is in force, at most what was asked for.'

/** How many months a quota lasts, whose use is known for one. */
const MONTHS: Record<string, bigint> = { month: 1n, quarter: 3n, year: 12n }

/** What was used of a target in the last 30 days, and what is proposed: from at most the newest requests that a query looks at. */
export async function usageOf(read: Pick<AdminQueries, 'limitRequests'>, target: Target, asked: bigint | null, now: Millis) {
  const { per, spread, complete, scale } = await measured(read, target, now - DAYS * DAY_MS)
  const text = textOf(target)
  const usage = { per, days: DAYS, p50: text(spread.p50), p99: text(spread.p99), peak: text(spread.peak), complete }
  return { usage, proposal: { value: text(proposalOf(target, spread.peak * scale, asked)), rule: RULE } }
}

/** What is proposed, in the unit of the target. */
export function proposalOf({ current }: Pick<Target, 'current'>, peak: bigint, asked: bigint | null): bigint {
  const room = roundUp((peak * 3n + 1n) / 2n)
  const least = room > current ? room : current
  return asked !== null && asked < least ? asked : least
}

/** The text of a value of the target. */
export function textOf({ money }: Pick<Target, 'money'>): (value: bigint) => string {
  return money ? formatAmount : String
}

async function measured({ limitRequests }: Pick<AdminQueries, 'limitRequests'>, target: Target, since: Millis) {
  const { of, measure, period, zone, quota } = target.usage
  if (measure.of === 'spend' || measure.of === 'quota') {
    const { slots, complete } = await limitRequests.slots(of, measure.of === 'spend' ? 'cost' : measure.counts, since)
    const sums = new Map<string, bigint>()
    for (const slot of slots) {
      const { at, amount } = slot
      if (quota !== undefined && !counts(quota, slot)) continue
      const stretch = period === undefined ? '' : spanOf(period, zone, at).start
      sums.set(stretch, (sums.get(stretch) ?? 0n) + amount)
    }
    const scale = measure.of === 'quota' ? (MONTHS[target.per ?? 'month'] ?? 1n) : 1n
    const per = measure.of === 'quota' || period === 'total' ? `${DAYS} days` : String(period)
    return { per, spread: spreadOf([...sums.values()]), complete, scale }
  }
  const { complete, ...spread } = await limitRequests.spread(of, measure, since)
  return { per: measure.of === 'concurrency' ? 'at the same time' : measure.per, spread, complete, scale: 1n }
}

/** Whether a quota counts what was used in a slot. */
function counts({ models, apis }: Pick<Quota, 'models' | 'apis'>, { model, api }: Slot): boolean {
  const [pattern, name] = models === null ? [apis, api] : [models, model]
  return typeof pattern === 'string' && name !== null && fitsModel(pattern, name)
}

/** By nearest rank. */
function spreadOf(values: bigint[]): Spread {
  const sorted = values.toSorted((a, b) => (a < b ? -1 : 1))
  const rank = (share: number): bigint => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0n
  return { p50: rank(0.5), p99: rank(0.99), peak: sorted.at(-1) ?? 0n }
}

function roundUp(value: bigint): bigint {
  const digits = String(value).length
  if (digits <= 2) return value
  const step = 10n ** BigInt(digits - 2)
  return ((value + step - 1n) / step) * step
}
