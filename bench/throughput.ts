import { median, percent } from './figures.ts'
import type { Latencies } from './figures.ts'
import { disturbed, limited, measure, objection, starved } from './measure.ts'
import type { Loaded, Used } from './measure.ts'
import type { Options } from './options.ts'
import type { Script } from './processes.ts'
import type { Goal, Section } from './report.ts'
import type { Target } from './targets.ts'
import type { Workload } from './workloads.ts'

/** For how long what is measured is warmed up, in seconds: before the first workload, and before each that follows. */
export interface WarmUp {
  first: number
  next: number
}

/** V8 goes on compiling for tens of thousands of requests: what is measured is a process that has been up for a while. */
export const LONG_WARM_UP: WarmUp = { first: 15, next: 3 }

/** What a comparison is called, and what is said of it beside how it is made. */
export interface Heading extends WarmUp {
  title: string
  about?: string
  /** What else is to be reached, by the rounds of each target. */
  goals?: (runs: ReadonlyMap<string, Run[]>) => Goal[]
}

/** One round of one target. */
export type Run = Loaded & Used & Latencies
type Figure = Exclude<keyof Run, 'error' | 'threads'>

/** Everyone in turns, round after round, with as many requests in flight as there are connections. */
export async function throughput(
  { title, about: more = '', first, next, goals: others }: Heading,
  workloads: Workload[],
  targets: Target[],
  upstream: Script,
  options: Options,
): Promise<Section> {
  const table = [
    [
      'workload',
      'through',
      'requests/s',
      'to control',
      'CPU µs/request',
      'to control',
      'core 0',
      'others',
      'core 1',
      'others',
      'p50 ms',
      'p99 ms',
    ],
  ]
  const notes: string[] = []
  const goals: Goal[] = []
  for (const workload of workloads) {
    const warmUp = workload === workloads[0] ? first : next
    const runs = await compare(workload, targets, upstream, { ...options, warmUp }, notes)
    const control = runs.get('control') ?? []
    for (const { name } of targets) table.push(row(workload.name, name, runs.get(name) ?? [], control))
    notes.push(`${workload.name}, processor time a request in the threads of the gateway: ${threadsOf(runs.get('gateway') ?? [])}`)
    goals.push(...goalsOf(workload, runs.get('gateway') ?? [], control), ...(others?.(runs) ?? []))
  }
  return { title, about: `${about(options)}${more}`, table, notes, goals }
}

function about({ connections, rounds, seconds }: Options): string {
  return (
    `${connections} requests in flight all the time, ${rounds} rounds of ${seconds} s in turns, medians. "to control" is the ratio to the ` +
    'control of the same rounds. "core 0" is the share that the measured process had of its core, "core 1" what load and upstream had of ' +
    'theirs, "others" is what anything else had of the same core: where that is much, trust the processor time per request. A rate in ' +
    'parentheses does not count: load and upstream needed all of core 1, or others left them too little of it.'
  )
}

async function compare(
  workload: Workload,
  targets: Target[],
  upstream: Script,
  { connections, rounds, seconds, warmUp }: Options & { warmUp: number },
  notes: string[],
): Promise<Map<string, Run[]>> {
  const run = (target: Target, length: number): Promise<Run> =>
    measure<Loaded & Latencies>('load.ts', { ...workload, connections, seconds: length }, target, upstream)
  const runs = new Map<string, Run[]>(targets.map(({ name }) => [name, []]))
  for (const target of targets) await run(target, warmUp)
  for (let round = 0; round < rounds; round++) {
    for (const target of targets) {
      const result = await run(target, seconds)
      const why = objection(result)
      if (result.errors === 0) runs.get(target.name)?.push(result)
      if (why !== undefined) notes.push(`not counted: ${workload.name} through ${target.name}: ${why}`)
    }
  }
  return new Map([...runs].map(([name, all]) => [name, countedOf(all)]))
}

/** Where load and upstream were the limit each time, what is left is the processor time. */
function countedOf(runs: Run[]): Run[] {
  const counted = runs.filter((run) => !limited(run))
  return counted.length === 0 ? runs : counted
}

function goalsOf({ name, toControl }: Workload, gateway: Run[], control: Run[]): Goal[] {
  if (toControl === undefined) return []
  if (gateway.length === 0 || control.length === 0)
    return [{ what: `${name}, requests/s to the control`, goal: `≥ ${toControl}`, measured: '–', reached: undefined }]
  // Both have all of core 0, so that a rate is the inverse of the processor time; that counts even where the load was the limit.
  const byTime = [...gateway, ...control].some(limited)
  const ratio = byTime ? of(control, 'cpuMicros') / of(gateway, 'cpuMicros') : of(gateway, 'perSecond') / of(control, 'perSecond')
  // Others may slow the control as well as the gateway: a ratio among them proves nothing, not even a good one.
  const unclear = starved([...gateway, ...control]) || disturbed([...gateway, ...control])
  return [
    {
      what: `${name}, requests/s to the control${byTime ? ', by processor time' : ''}`,
      goal: `≥ ${toControl}`,
      measured: ratio.toFixed(2),
      reached: unclear ? undefined : ratio >= toControl,
    },
  ]
}

function of(runs: Run[], figure: Figure): number {
  return median(runs.map((run) => run[figure]))
}

function threadsOf(runs: Run[]): string {
  const names = [...(runs[0]?.threads.keys() ?? [])]
  const micros = names.map((name) => ({ name, used: median(runs.map(({ threads }) => threads.get(name) ?? 0)) }))
  const most = micros.filter(({ used }) => used >= 1).toSorted((a, b) => b.used - a.used)
  return most.map(({ name, used }) => `${name} ${used.toFixed(0)} µs`).join(', ')
}

function row(workload: string, target: string, runs: Run[], control: Run[]): string[] {
  if (runs.length === 0) return [workload, target, 'no run counted', ...Array.from({ length: 9 }, () => '')]
  const against = (figure: Figure): string => (control.length === 0 ? '' : (of(runs, figure) / of(control, figure)).toFixed(2))
  const rate = (text: string): string => (starved(runs) || runs.some(limited) ? `(${text})` : text)
  return [
    workload,
    target,
    rate(of(runs, 'perSecond').toFixed(0)),
    starved(control) || control.some(limited) ? `(${against('perSecond')})` : rate(against('perSecond')),
    of(runs, 'cpuMicros').toFixed(0),
    against('cpuMicros'),
    percent(of(runs, 'busy')),
    percent(of(runs, 'others')),
    percent(of(runs, 'aroundBusy')),
    percent(of(runs, 'othersAround')),
    rate(of(runs, 'p50Ms').toFixed(1)),
    rate(of(runs, 'p99Ms').toFixed(1)),
  ]
}
