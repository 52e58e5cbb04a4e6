import { statfs } from 'node:fs/promises'
import type { Snapshot } from '@faregate/core'
import type { LimiterState } from '@faregate/limits'
import type { Readiness, Store } from '@faregate/store'
import { redact } from '../log/redact.ts'
import type { ProviderHealth } from './providers.ts'

/** One thing that readiness depends on. */
export interface Check {
  name: 'database' | 'clock' | 'providers' | 'disk' | 'records' | 'limits'
  ok: boolean
  /** Whether traffic should go elsewhere while this is not ok; the others are warnings. */
  required: boolean
  detail: string
}

export interface ReadyFacts {
  store: Pick<Store, 'ready' | 'records'>
  snapshot: () => Snapshot
  health: ProviderHealth
  directory: string
  limiter: { readonly state: LimiterState }
}

const FULL = 0.9
/** Further apart, what expires by the one clock is still in force by the other. */
const CLOCKS_APART_MS = 2_000

/** What `/readyz` answers: 200 while every required check is ok, else 503; all reasons either way. */
export async function checkReadiness(facts: ReadyFacts): Promise<{ ready: boolean; checks: Check[] }> {
  const checks = [...(await database(facts)), providers(facts), await disk(facts.directory), records(facts), limits(facts)]
  return { ready: checks.every(({ ok, required }) => ok || !required), checks }
}

async function database({ store }: ReadyFacts): Promise<Check[]> {
  const { ok, detail, clockAheadMs } = await store.ready().catch((error: unknown): Readiness => ({ ok: false, detail: String(error) }))
  const answers: Check = { name: 'database', ok, required: true, detail: ok ? 'answers' : (detail ?? 'does not answer') }
  return clockAheadMs === undefined ? [answers] : [answers, clock(clockAheadMs)]
}

function clock(aheadMs: number): Check {
  const apart = Math.abs(aheadMs)
  const detail =
    apart === 0 ? "the database's clock is this process's" : `the database's clock is ${apart} ms ${aheadMs > 0 ? 'ahead' : 'behind'}`
  return { name: 'clock', ok: apart < CLOCKS_APART_MS, required: false, detail }
}

/** One provider that fails leaves the others to serve; all of them failing leaves nothing. */
function providers({ snapshot, health }: ReadyFacts): Check {
  const names = [...snapshot().providers.keys()]
  const failing = names.filter((name) => health.of(name).state === 'failing')
  if (names.length === 0) return { name: 'providers', ok: false, required: true, detail: 'none is connected' }
  if (failing.length === 0) return { name: 'providers', ok: true, required: true, detail: `${names.length} connected` }
  return { name: 'providers', ok: false, required: failing.length === names.length, detail: `failing: ${failing.join(', ')}` }
}

async function disk(directory: string): Promise<Check> {
  const { blocks, bavail } = await statfs(directory)
  const used = blocks === 0 ? 0 : 1 - bavail / blocks
  return { name: 'disk', ok: used < FULL, required: false, detail: `${Math.round(used * 100)} % used` }
}

function records({ store }: ReadyFacts): Check {
  const { dropped } = store.records
  return {
    name: 'records',
    ok: dropped === 0,
    required: false,
    detail: dropped === 0 ? 'none dropped' : `${dropped} dropped since the start`,
  }
}

/** Without Redis requests go on, each replica within its share: a warning, not a reason to send traffic elsewhere. */
function limits({ limiter: { state } }: ReadyFacts): Check {
  const shared = { name: 'limits', required: false } as const
  if (state.counting === 'alone') return { ...shared, ok: true, detail: 'counted in this process' }
  const replicas = `${state.replicas} ${state.replicas === 1 ? 'replica' : 'replicas'}`
  if (state.counting === 'shared') return { ...shared, ok: true, detail: `counted in Redis for ${replicas}` }
  const cause = redact(state.cause ?? 'not reached yet')
  return { ...shared, ok: false, detail: `Redis does not answer (${cause}): this process keeps to its share, as one of ${replicas}` }
}
