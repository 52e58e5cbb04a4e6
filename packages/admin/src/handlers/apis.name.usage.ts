import { formatAmount, type Millis } from '@faregate/core'
import { withoutInside } from '../api-consumers.ts'
import type { Call, Handlers } from '../call.ts'
import type { ApiConsumer, ApiUsageTotal } from '../ports-api-usage.ts'
import { timeText } from '../present/time.ts'
import { found, invalid } from '../refusal.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const MOST_DAYS = { hour: 14, day: 92 } as const
const MOST_CONSUMERS = 20
const MOST_VIOLATIONS = 50

export const apisNameUsage: Handlers<'getApiUsage'> = {
  async getApiUsage(call) {
    const { deps, params, query } = call
    const { apis, apiReleases, apiUsage } = deps.store.read
    const { name } = params
    // One that was taken off is asked about, too.
    const known = deps.snapshot().apis.has(name) || (await apis.get(name)) !== undefined || (await apiReleases.last(name)) > 0
    found(known ? name : undefined, 'API', name)
    const { from, to, by } = windowOf(query, deps.clock.now())
    const filter = { api: name, organization: query.organization, release: query.release, stage: query.stage, from, to }
    await deps.flushed()
    const [[all = NOTHING], slots, releases, refusals, violations, consumers] = await Promise.all([
      apiUsage.totals(filter),
      apiUsage.totals(filter, by),
      apiUsage.totals(filter, 'release'),
      apiUsage.refusals(filter),
      apiUsage.violations(filter, MOST_VIOLATIONS),
      apiUsage.consumers(filter, MOST_CONSUMERS),
    ])
    return {
      api: name,
      currency: deps.currency,
      from: timeText(from),
      to: timeText(to),
      ...presentTotal(all),
      slots: slots.map((slot) => ({ at: timeText(slot.group ?? 0), ...presentTotal(slot) })),
      releases: releases.map((release) => ({ release: release.group, ...presentTotal(release) })),
      refusals,
      violations,
      consumers: withoutInside(call, consumers, added).map(presentConsumer),
    }
  },
}

const NOTHING: ApiUsageTotal = {
  group: null,
  calls: 0,
  statuses: { '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0, other: 0 },
  refused: 0,
  brokenOff: 0,
  paymentRequired: 0,
  latency: { p50: null, p90: null, p99: null, calls: 0 },
  revenue: 0n,
  cost: null,
}

/** The time that is asked about; refused where that is too much for one answer. */
function windowOf(query: Call<'getApiUsage'>['query'], now: Millis): { from: Millis; to: Millis; by: 'hour' | 'day' } {
  const to = query.to === undefined ? now : Date.parse(query.to)
  const from = query.from === undefined ? to - DAY_MS : Date.parse(query.from)
  if (from >= to) return invalid('/from', 'does not lie before the end')
  const by = query.by ?? (to - from <= 2 * DAY_MS ? 'hour' : 'day')
  const most = MOST_DAYS[by]
  if (to - from > most * DAY_MS) return invalid('/from', `is more than ${most} days before the end: ask for a part of it`)
  return { from, to, by }
}

function presentTotal({ group: _group, revenue, cost, ...total }: ApiUsageTotal) {
  return { ...total, revenue: formatAmount(revenue), cost: cost === null ? null : formatAmount(cost) }
}

function added(one: ApiConsumer, other: ApiConsumer): ApiConsumer {
  return { ...one, calls: one.calls + other.calls, revenue: one.revenue + other.revenue }
}

function presentConsumer({ revenue, ...consumer }: ApiConsumer) {
  return { ...consumer, revenue: formatAmount(revenue) }
}
