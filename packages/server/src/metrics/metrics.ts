import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { RequestRecord } from '@faregate/gateway'
import type { LedgerEngine } from '@faregate/ledger/port'
import { apiMetrics } from './apis.ts'

/** What is read when someone scrapes, rather than counted as it happens. */
export interface MetricSources {
  ledgerDepth: () => number
  unsettled: () => number
  recordsDropped: () => number
  recordsWaiting: () => number
  configurationVersion: () => number
  pricesPending: () => number
  /** Whether a name is that of a served model: callers can send any name, and each would be a time series. */
  isModel: (name: string) => boolean
  /** The same for a published API. */
  isApi: (name: string) => boolean
}

export interface Metrics {
  /** Counts a request that has ended. */
  request(record: RequestRecord): void
  /** The engine, with its batches measured. */
  measured(engine: LedgerEngine): LedgerEngine
  /** The exposition, and its content type. */
  expose(): Promise<{ contentType: string; text: string }>
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300]
const BATCH = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]

/** The metrics of this process, in a registry of its own. */
export function createMetrics(sources: MetricSources): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const open = new Set<string>()
  gauges(registry, sources, open)
  const observeCall = requestMetrics(registry, sources)
  const observeApi = apiMetrics(registry, SECONDS, sources.isApi)
  return {
    request: (record) => {
      observeCall(record)
      observeApi(record)
    },
    measured: (engine) => measureEngine(registry, engine, open),
    expose: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  }
}

function requestMetrics(registry: Registry, sources: MetricSources): (record: RequestRecord) => void {
  const registers = [registry]
  const requests = new Counter({
    name: 'faregate_requests_total',
    help: 'Requests that have ended, by outcome, refusal and model.',
    labelNames: ['outcome', 'denial', 'model'],
    registers,
  })
  const duration = new Histogram({
    name: 'faregate_request_duration_seconds',
    help: 'From the head of a request to the end of its answer.',
    labelNames: ['model'],
    buckets: SECONDS,
    registers,
  })
  const firstToken = new Histogram({
    name: 'faregate_time_to_first_token_seconds',
    help: 'From the head of a request to the first token of its answer.',
    labelNames: ['model'],
    buckets: SECONDS,
    registers,
  })
  const flagged = new Counter({
    name: 'faregate_flagged_requests_total',
    help: 'Requests with something odd about them.',
    labelNames: ['flag'],
    registers,
  })
  return (record) => {
    const model = record.model === null ? 'none' : sources.isModel(record.model) ? record.model : 'other'
    requests.inc({ outcome: record.outcome, denial: record.denial ?? 'none', model })
    for (const flag of record.flags) flagged.inc({ flag })
    if (record.outcome === 'refused' || (record.api !== null && record.model === null)) return
    duration.observe({ model }, record.latencyMs / 1000)
    if (record.ttftMs !== null) firstToken.observe({ model }, record.ttftMs / 1000)
  }
}

function gauges(registry: Registry, sources: MetricSources, open: ReadonlySet<string>): void {
  const read: [string, string, () => number][] = [
    ['faregate_ledger_queue_depth', 'Ledger operations that wait or are being decided.', sources.ledgerDepth],
    ['faregate_ledger_unsettled', 'Settles that the database has not confirmed in time and that are being sent again.', sources.unsettled],
    ['faregate_holds_open', 'Requests of this process that hold money now.', () => open.size],
    ['faregate_records_waiting', 'Request records that wait to be written.', sources.recordsWaiting],
    ['faregate_configuration_version', 'The configuration in force.', sources.configurationVersion],
    ['faregate_prices_pending', 'Prices of a newer catalogue that wait for approval.', sources.pricesPending],
  ]
  for (const [name, help, value] of read) {
    const collect = function (this: Gauge): void {
      this.set(value())
    }
    registry.registerMetric(new Gauge({ name, help, registers: [], collect }))
  }
  const dropped = new Counter({
    name: 'faregate_records_dropped_total',
    help: 'Request records that could not be written.',
    registers: [registry],
    collect: () => {
      dropped.reset()
      dropped.inc(sources.recordsDropped())
    },
  })
}

/** Measures batches, follows which requests hold money, and sums what the operator had to absorb (M6). */
function measureEngine(registry: Registry, engine: LedgerEngine, open: Set<string>): LedgerEngine {
  const registers = [registry]
  const size = new Histogram({
    name: 'faregate_ledger_batch_size',
    help: 'Operations decided in one transaction.',
    buckets: BATCH,
    registers,
  })
  const time = new Histogram({
    name: 'faregate_ledger_batch_seconds',
    help: 'Time of one ledger transaction.',
    buckets: SECONDS,
    registers,
  })
  const absorbed = new Counter({
    name: 'faregate_absorbed_total',
    help: 'Cost that no balance covered and the operator bore, in whole units of the currency.',
    registers,
  })
  return {
    depth: engine.depth ?? 1,
    commit: async (batch) => {
      const started = performance.now()
      const outcomes = await engine.commit(batch)
      size.observe(batch.length)
      time.observe((performance.now() - started) / 1000)
      for (const [index, { operation }] of batch.entries()) {
        const outcome = outcomes[index]
        if (operation.type === 'hold' && outcome?.status === 'ok') open.add(operation.request)
        if (operation.type !== 'settle') continue
        open.delete(operation.request)
        if (outcome?.status === 'ok' && outcome.settlement !== undefined) absorbed.inc(Number(outcome.settlement.absorbed) / 1e9)
      }
      return outcomes
    },
  }
}
