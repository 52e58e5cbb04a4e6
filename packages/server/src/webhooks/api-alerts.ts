import { alertStandings } from '@faregate/admin/api-alerts'
import { formatAmount, parseDecimal, type ApiAlert } from '@faregate/core'
import type { Store } from '@faregate/store'
import { apiAlertQueries, apiUsageQueries } from '@faregate/store/queries/index'
import type { Holding } from './conditions.ts'

const PREFIX = 'api.alert:'

/** A window is looked at so often while it lasts, and never more often than this. */
const LOOKS = 30
const SHORTEST_MS = 10_000

interface Looked {
  at: number
  holding: Promise<Holding[]>
}

/** What was found of each window of each API, for each database: what many webhooks are told is found out once. */
const looked = new WeakMap<object, Map<string, Looked>>()

/**
 * Alerts of those APIs that hold. Windows end at steps of time that are the same on every replica;
 * what one found to hold in a step stays until the next, so that another, which looked a moment earlier, does not say that it is over.
 */
export async function apiAlerts(
  read: Store['read'],
  marks: ReadonlyMap<string, number>,
  now: number,
  those: (api: string) => boolean,
): Promise<Holding[]> {
  const known = looked.get(read) ?? new Map<string, Looked>()
  looked.set(read, known)
  const all = await apiAlertQueries(read).list()
  const found = await Promise.all(
    all
      .filter(({ api }) => those(api))
      .flatMap(({ api, alerts }) => windowsOf(alerts).map(([minutes, rules]) => look(read, known, { api, minutes, rules, now }))),
  )
  const holding = found.flat()
  const current = new Set(all.flatMap(({ api, alerts }) => windowsOf(alerts).map(([, rules]) => nameOf(api, rules))))
  for (const name of known.keys()) if (!current.has(name)) known.delete(name)
  const fresh = [...marks].filter(
    ([subject, at]) => subject.startsWith(PREFIX) && stepOf(at, minutesOf(subject)) === stepOf(now, minutesOf(subject)),
  )
  return [...holding, ...fresh.map(([subject]) => overOf(subject))]
}

/** What a webhook is told when an alert that it was told of does not hold any more; undefined: it was no alert. */
export function alertOver(subject: string): Record<string, unknown> | undefined {
  return subject.startsWith(PREFIX) ? { ...overOf(subject).data, state: 'over' } : undefined
}

interface Window {
  api: string
  minutes: number
  rules: ApiAlert[]
  now: number
}

function look(read: Store['read'], known: Map<string, Looked>, { api, minutes, rules, now }: Window): Promise<Holding[]> {
  const name = nameOf(api, rules)
  const at = stepOf(now, minutes)
  const before = known.get(name)
  if (before?.at === at) return before.holding
  const holding = alertStandings(apiUsageQueries(read), api, rules, at).then((standings) =>
    standings
      .filter(({ holds }) => holds)
      .map(({ alert, value }) => ({
        subject: subjectOf(api, alert),
        organization: null,
        data: { ...dataOf(api, alert), state: 'firing', value },
      })),
  )
  known.set(name, { at, holding })
  holding.catch(() => known.delete(name))
  return holding
}

function windowsOf(alerts: readonly ApiAlert[]): [minutes: number, rules: ApiAlert[]][] {
  return [...Map.groupBy(alerts, ({ minutes }) => minutes)]
}

function nameOf(api: string, rules: ApiAlert[]): string {
  return `${api} ${JSON.stringify(rules)}`
}

function stepOf(at: number, minutes: number): number {
  const step = Math.max(SHORTEST_MS, (minutes * 60_000) / LOOKS)
  return Math.floor(at / step) * step
}

function subjectOf(api: string, { kind, above, minutes, minimumCalls }: ApiAlert): string {
  return PREFIX + [kind, formatAmount(parseDecimal(above) ?? 0n), minutes, minimumCalls, api].join(':')
}

function dataOf(api: string, { kind, above, minutes, minimumCalls }: ApiAlert): Record<string, unknown> {
  return { api, kind, above: formatAmount(parseDecimal(above) ?? 0n), minutes, minimumCalls }
}

/** A subject says all that there is to say of its alert. */
function overOf(subject: string): Holding {
  const [kind, above, minutes, minimumCalls, ...api] = subject.slice(PREFIX.length).split(':')
  const data = { api: api.join(':'), kind, above, minutes: Number(minutes), minimumCalls: Number(minimumCalls) }
  return { subject, organization: null, data }
}

function minutesOf(subject: string): number {
  return Number(subject.slice(PREFIX.length).split(':')[2])
}
