import { median, percent } from './figures.ts'
import type { Latencies } from './figures.ts'
import { disturbed, measure, objection } from './measure.ts'
import type { Loaded, Used } from './measure.ts'
import type { Options } from './options.ts'
import type { Script } from './processes.ts'
import type { Goal, Section } from './report.ts'
import type { Target } from './targets.ts'
import type { Workload } from './workloads.ts'

const PER_SECOND = 500
const SECONDS = 10
const WARM_UP_SECONDS = 15
const WARM_UP_CONNECTIONS = 64

/** What a gateway on one database may add to the latency of the control, in milliseconds. */
export interface LatencyGoal {
  database: string
  /** The database is a server of its own, which runs on any core. */
  elsewhere?: boolean
  p50Ms: number
  p99Ms?: number
}

type Run = Loaded & Used & Latencies

/** What the gateway adds to a request at a load that it carries easily. */
export async function latency(
  workload: Workload,
  { control, gateway }: { control: Target; gateway: Target },
  upstream: Script,
  { rounds }: Options,
  wanted: LatencyGoal,
): Promise<Section> {
  const notes: string[] = []
  const run = (target: Target, seconds: number): Promise<Run> =>
    measure<Loaded & Latencies>('open-loop.ts', { ...workload, perSecond: PER_SECOND, seconds }, target, upstream)
  const pairs: { control: Run; gateway: Run }[] = []
  const warmUp = { ...workload, connections: WARM_UP_CONNECTIONS, seconds: WARM_UP_SECONDS }
  for (const target of [control, gateway]) await measure<Loaded & Latencies>('load.ts', warmUp, target, upstream)
  for (let round = 0; round < rounds; round++) {
    const pair = { control: await run(control, SECONDS), gateway: await run(gateway, SECONDS) }
    const why = objection(pair.control) ?? objection(pair.gateway)
    if (why === undefined) pairs.push(pair)
    else notes.push(`not counted: ${why}`)
  }
  const [controls, gateways] = [pairs.map((pair) => pair.control), pairs.map((pair) => pair.gateway)]
  return {
    title: `Added latency at ${PER_SECOND} requests/s, ${wanted.database}`,
    about:
      `${workload.name}, sent at times fixed beforehand with exponential gaps, each latency from the time it should have been sent; ` +
      `${rounds} rounds of ${SECONDS} s in turns, medians. Added: the gateway's percentile minus the control's of the same round.`,
    table: [
      ['', 'p50 ms', 'p99 ms', 'core 0', 'others', 'core 1', 'others'],
      row('control', controls),
      row('gateway', gateways),
      ['added', added(pairs, 'p50Ms').toFixed(2), added(pairs, 'p99Ms').toFixed(2), '', '', '', ''],
    ],
    notes,
    goals: goals(pairs, wanted),
  }
}

function row(name: string, runs: Run[]): string[] {
  const of = (figure: keyof Latencies | 'busy' | 'others' | 'aroundBusy' | 'othersAround'): number => median(runs.map((run) => run[figure]))
  return [
    name,
    of('p50Ms').toFixed(2),
    of('p99Ms').toFixed(2),
    percent(of('busy')),
    percent(of('others')),
    percent(of('aroundBusy')),
    percent(of('othersAround')),
  ]
}

function added(pairs: { control: Run; gateway: Run }[], figure: keyof Latencies): number {
  return median(pairs.map(({ control, gateway }) => gateway[figure] - control[figure]))
}

function goals(pairs: { control: Run; gateway: Run }[], { database, elsewhere, ...wanted }: LatencyGoal): Goal[] {
  // With the gateway the database works, too, on whichever core; without it, whoever is there is somebody else.
  const unclear = disturbed(pairs.flatMap(({ control, gateway }) => (elsewhere === true ? [control] : [control, gateway])))
  return (['p50Ms', 'p99Ms'] as const).flatMap((figure) => {
    const most = wanted[figure]
    if (most === undefined) return []
    const measured = added(pairs, figure)
    return [
      {
        what: `added latency, ${figure.slice(0, 3)}, ${database}`,
        goal: `≤ ${most} ms`,
        measured: `${measured.toFixed(2)} ms`,
        reached: unclear ? undefined : measured <= most,
      },
    ]
  })
}
