import { Counter, Histogram, type Registry } from 'prom-client'
import type { RequestRecord } from '@faregate/gateway'

/** Counts and times calls of published APIs. `isApi`: whether a name is that of one that is published now. */
export function apiMetrics(registry: Registry, seconds: number[], isApi: (name: string) => boolean): (record: RequestRecord) => void {
  const registers = [registry]
  const requests = new Counter({
    name: 'faregate_api_requests_total',
    help: 'Calls of published APIs that have ended, by outcome, refusal and API.',
    labelNames: ['outcome', 'denial', 'api'],
    registers,
  })
  const duration = new Histogram({
    name: 'faregate_api_request_duration_seconds',
    help: 'From the head of a call of a published API to the end of its answer.',
    labelNames: ['api'],
    buckets: seconds,
    registers,
  })
  const violations = new Counter({
    name: 'faregate_api_violations_total',
    help: 'In what calls of published APIs differed from their documents, by direction, place and API; where they are compared.',
    labelNames: ['direction', 'place', 'api'],
    registers,
  })
  const uncounted = new Counter({
    name: 'faregate_api_units_uncounted_total',
    help: 'Answers of published APIs that said no number of units, or one above the most, where units have a price.',
    labelNames: ['why', 'api'],
    registers,
  })
  const cached = new Counter({
    name: 'faregate_api_cache_total',
    help: 'Answers of published APIs that are kept, by where they came from.',
    labelNames: ['result', 'api'],
    registers,
  })
  return ({ api: name, outcome, denial, latencyMs, flags, measured, violations: found = [] }) => {
    if (name === null) return
    const api = isApi(name) ? name : 'other'
    requests.inc({ outcome, denial: denial ?? 'none', api })
    for (const { in: direction, where: place } of found) violations.inc({ direction, place, api })
    if (measured?.cache !== undefined) cached.inc({ result: measured.cache, api })
    for (const why of flags) if (why.startsWith('units_')) uncounted.inc({ why: why.slice('units_'.length), api })
    if (outcome !== 'refused') duration.observe({ api }, latencyMs / 1000)
  }
}
