import type { Buckets, DenialCode } from '@faregate/core'
import { charge } from '@faregate/pricing'
import type { GatewayDeps } from './deps.ts'
import { elapsed, type Flow } from './flow.ts'
import type { Candidate } from './locate.ts'
import type { AttemptRecord, RequestRecord } from './record.ts'
import { tagsText } from './tags.ts'

/** How a request ended. */
export interface Ending {
  outcome: RequestRecord['outcome']
  status: number
  delivery: RequestRecord['delivery']
  estimated?: boolean
  clamped?: number | undefined
  /** Of the deployment that served, where one did. */
  priceVersion?: string
  /** Until it was answered, where it went on after that; absent: until now. */
  latencyMs?: number
  denial?: { code: DenialCode; id: string }
}

/** Hands the record of a request over; nothing waits for it. */
export function finish(deps: GatewayDeps, flow: Flow, ending: Ending): void {
  deps.recorder.request({
    id: flow.id,
    at: flow.at,
    organization: flow.key?.organization.id ?? null,
    application: flow.key?.application.id ?? null,
    key: flow.key?.id ?? null,
    user: flow.request?.user ?? null,
    tags: tagsText(flow.inbound),
    path: flow.inbound.path,
    // Published models are called by names of their own: what is billed by it is that of the installation.
    model: flow.route?.model.name ?? flow.request?.model ?? null,
    api: flow.api?.name ?? null,
    route: flow.api?.route ?? null,
    release: flow.api?.release ?? null,
    stream: flow.request?.stream ?? false,
    outcome: ending.outcome,
    denial: ending.denial?.code ?? null,
    denialId: ending.denial?.id ?? null,
    status: ending.status,
    cost: flow.cost,
    providerCost: providerCost(flow),
    priceVersion: ending.priceVersion ?? flow.route?.candidates[0]?.price.version ?? null,
    estimated: ending.estimated ?? false,
    flags: flow.flags,
    delivery: ending.delivery,
    clamped: ending.clamped ?? null,
    latencyMs: ending.latencyMs ?? elapsed(flow),
    ttftMs: flow.ttftMs,
    attempts: flow.attempts,
    ...(flow.measured === undefined ? {} : { measured: flow.measured }),
    ...(flow.violations === undefined ? {} : { violations: flow.violations }),
  })
}

/** Closes the record of the attempt that served, wholly or in part. */
export function closeAttempt(
  flow: Flow,
  record: AttemptRecord,
  outcome: AttemptRecord['outcome'],
  buckets: Buckets,
  startedAt: number,
): void {
  record.outcome = outcome
  record.buckets = buckets
  record.latencyMs = Math.round(performance.now() - startedAt)
  record.ttftMs = flow.ttftMs
}

/** What the provider is owed by its own price, over all attempts that consumed something; null where that is unknown. */
export function providerCost(flow: Flow): bigint | null {
  let sum = 0n
  for (const attempt of flow.attempts) {
    if (Object.keys(attempt.buckets).length === 0) continue
    const table = candidateOf(flow, attempt)?.providerPrice
    const priced = table === undefined ? undefined : charge(attempt.buckets, table, flow.request?.pricedBy)
    if (priced === undefined || !priced.ok) return null
    sum += priced.amount
  }
  return sum
}

function candidateOf(flow: Flow, { provider, model }: AttemptRecord): Candidate | undefined {
  return flow.route?.candidates.find(({ deployment }) => deployment.provider === provider && deployment.model === model)
}
