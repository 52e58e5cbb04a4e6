import type { Client, RouteOutput, Routes } from '@faregate/contract'
import { Failure, UsageError } from '../command.ts'
import type { OurRow } from './compare.ts'
import { exactOf } from './exact.ts'
import type { UsageExport } from './usage-export.ts'

const DAY_MS = 86_400_000
/** As many days as one call answers. */
const MOST_DAYS = 366

type Total = RouteOutput<Routes['getProviderUsage']>['data'][number]

/** Our side: what was used at these providers, and what is to be known of it. */
export interface OurUsage {
  rows: OurRow[]
  currency: string
  calls: number
  used: number
  estimated: number
  unpriced: number
}

/** The days that are compared, `to` excluded. */
export interface Days {
  from: string
  to: string
}

/** The providers whose account the export is about: the one that was named, or those of its kind. @throws UsageError, Failure */
export async function providersOf(client: Client, { kinds, rows, title }: UsageExport, named: string | undefined): Promise<string[]> {
  if (named !== undefined) return [named]
  const own = new Set(rows.flatMap(({ provider }) => provider ?? []))
  if (own.size > 0) return [...own]
  if (kinds === undefined) throw new UsageError('say whose usage this is: --provider NAME, or a column `provider`')
  const { data } = await client.listProviders({})
  const fitting = data.filter(({ kind }) => kinds.includes(kind)).map(({ name }) => name)
  if (fitting.length > 0) return fitting
  throw new Failure(`This is ${title}, but no provider of that kind is connected.`, 'Name the provider: --provider NAME')
}

/** Reads what the gateway recorded at these providers, cut into the export's days. */
export async function ourUsage(client: Client, providers: readonly string[], days: Days, zone: string | undefined): Promise<OurUsage> {
  const [only] = providers
  const filter = providers.length === 1 && only !== undefined ? { provider: only } : {}
  // Days of another zone are cut from hours, of which the first and the last can lie on a neighbour of ours.
  const margin = zone === undefined ? 0 : DAY_MS
  const dayOf = dayIn(zone)
  const found: { day: string; total: Total }[] = []
  let currency = ''
  for (const window of windows(startOf(days.from) - margin, startOf(days.to) + margin)) {
    const answer = await client.getProviderUsage({ query: { ...window, ...filter, by: zone === undefined ? 'day' : 'hour' } })
    currency = answer.currency
    for (const total of answer.data) {
      const day = dayOf(total.at)
      if (providers.includes(total.provider) && day >= days.from && day < days.to) found.push({ day, total })
    }
  }
  const sum = (count: (total: Total) => number): number => found.reduce((before, { total }) => before + count(total), 0)
  return {
    currency,
    rows: found.filter(({ total }) => total.used > 0).map(({ day, total }) => rowOf(day, total)),
    calls: sum(({ calls }) => calls),
    used: sum(({ used }) => used),
    estimated: sum(({ estimated }) => estimated),
    unpriced: sum(({ unpriced }) => unpriced),
  }
}

function rowOf(day: string, { provider, model, used, buckets, cost }: Total): OurRow {
  return { day, provider, model, used, buckets, cost: cost === null ? null : (exactOf(cost) ?? null) }
}

function windows(from: number, to: number): { from: string; to: string }[] {
  const parts: { from: string; to: string }[] = []
  for (let at = from; at < to; at += MOST_DAYS * DAY_MS) {
    parts.push({ from: new Date(at).toISOString(), to: new Date(Math.min(at + MOST_DAYS * DAY_MS, to)).toISOString() })
  }
  return parts
}

/** The day of a time, in a zone or in UTC. */
function dayIn(zone: string | undefined): (at: string) => string {
  if (zone === undefined) return (at) => at.slice(0, 10)
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' })
  return (at) => format.format(new Date(at))
}

function startOf(day: string): number {
  return Date.parse(`${day}T00:00:00Z`)
}

/** The day after. */
export function nextDay(day: string): string {
  return new Date(startOf(day) + DAY_MS).toISOString().slice(0, 10)
}
