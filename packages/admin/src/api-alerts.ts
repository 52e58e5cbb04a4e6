import { formatAmount, NANO_PER_UNIT, parseDecimal, type ApiAlert, type Millis } from '@faregate/core'
import type { ApiUsageQueries, ApiUsageTotal } from './ports-api-usage.ts'

/** How an alert stands. */
export interface AlertStanding {
  alert: ApiAlert
  /** A decimal string, of the kind of its threshold; null: there were too few calls. */
  value: string | null
  holds: boolean
}

/** How the alerts of an API stand at a moment. Each window is read once, however many alerts it has, and holds what ended in it. */
export async function alertStandings(
  usage: Pick<ApiUsageQueries, 'totals'>,
  api: string,
  alerts: readonly ApiAlert[],
  now: Millis,
): Promise<AlertStanding[]> {
  const windows = new Map<number, Promise<ApiUsageTotal[]>>()
  const totalsOver = (minutes: number): Promise<ApiUsageTotal[]> => {
    const known = windows.get(minutes) ?? usage.totals({ api, from: now - minutes * 60_000, to: now, ended: true })
    windows.set(minutes, known)
    return known
  }
  return Promise.all(alerts.map(async (alert) => standingOfAlert(alert, (await totalsOver(alert.minutes))[0])))
}

function standingOfAlert(alert: ApiAlert, total: ApiUsageTotal | undefined): AlertStanding {
  const value = total === undefined || total.calls < alert.minimumCalls ? undefined : VALUES[alert.kind](total)
  const threshold = parseDecimal(alert.above) ?? 0n
  return { alert, value: value === undefined ? null : formatAmount(value), holds: value !== undefined && value > threshold }
}

/** What each kind compares, in billionths: exactly, as amounts are. */
const VALUES: Record<ApiAlert['kind'], (total: ApiUsageTotal) => bigint | undefined> = {
  errors: ({ statuses, brokenOff, calls }) => share(statuses['5xx'] + brokenOff, calls),
  refusals: ({ refused, calls }) => share(refused, calls),
  latency: ({ latency: { p99 } }) => (p99 === null ? undefined : BigInt(p99) * NANO_PER_UNIT),
  spending: ({ revenue }) => revenue,
}

function share(part: number, calls: number): bigint {
  return (BigInt(part) * NANO_PER_UNIT) / BigInt(calls)
}
