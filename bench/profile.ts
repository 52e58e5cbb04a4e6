import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Latencies } from './figures.ts'
import { percent } from './figures.ts'
import { measure } from './measure.ts'
import type { Loaded, Used } from './measure.ts'
import { atEnd } from './processes.ts'
import type { Script } from './processes.ts'
import { IDLE, placesOf } from './profile-areas.ts'
import type { CpuProfile } from './profile-areas.ts'
import type { Section } from './report.ts'
import { gatewayTarget, startBenchGateway } from './targets.ts'
import type { Workload } from './workloads.ts'

const SECONDS = 6
const WARM_UP_SECONDS = 4
const CONNECTIONS = 128
const LEAST_MICROS = 2
const FUNCTIONS = 15
/** As the kernel calls the first thread of Node. */
const MAIN = 'MainThread'
const SCRIPTED = ['sqlite-writer', 'sqlite-reader', 'tokenizer']

/** Microseconds of a request by a name. */
type Micros = Map<string, number>

interface Thread {
  name: string
  areas: Micros
  functions: Micros
}

/** Where the time of one request goes: V8's sampling profiler in every thread of the gateway, under a closed loop. */
export async function profile(workload: Workload, upstream: Script): Promise<Section> {
  const folder = mkdtempSync(join(tmpdir(), 'faregate-bench-profile-'))
  atEnd(() => rmSync(folder, { recursive: true, force: true }))
  const flags = `--cpu-prof --cpu-prof-dir=${folder} --cpu-prof-interval=500`
  const gateway = await startBenchGateway(upstream, { env: { NODE_OPTIONS: flags } })
  const load = (seconds: number): Promise<Loaded & Latencies & Used> =>
    measure('load.ts', { ...workload, connections: CONNECTIONS, seconds }, gatewayTarget(gateway), upstream)
  await load(WARM_UP_SECONDS)
  const from = Number(process.hrtime.bigint() / 1_000n)
  const run = await load(SECONDS)
  await gateway.kill('SIGTERM')
  const window = { from, until: from + run.elapsedMs * 1_000 }
  const threads = readdirSync(folder).map((file) => readThread(join(folder, file), window, run.threads))
  return {
    title: 'Where the time of one request goes',
    about:
      `${workload.name}, ${CONNECTIONS} in flight for ${SECONDS} s. The processor time of each thread, ` +
      `${run.cpuMicros.toFixed(0)} µs in all with the profiler on, divided by what its samples met on top of the stack. ` +
      'Functions that Node implements natively count where they are called; the commit of the writer includes that it waits for the disk. ' +
      `Below, the ${FUNCTIONS} functions that take longest by themselves.`,
    table: [
      ['thread', 'area', 'µs/request', 'share'],
      ...[...threads, helpers(run.threads)].flatMap((thread) => rows(thread, run.cpuMicros)),
    ],
    notes: longest(threads),
    goals: [],
  }
}

function rows({ name, areas }: Thread, all: number): string[][] {
  return [...areas]
    .filter(([, micros]) => micros >= LEAST_MICROS)
    .toSorted(([, a], [, b]) => b - a)
    .map(([area, micros]) => [name, area, micros.toFixed(0), percent(micros / all)])
}

function longest(threads: Thread[]): string[] {
  return threads
    .flatMap(({ name, functions }) => [...functions].map(([label, micros]) => ({ name, label, micros })))
    .toSorted((a, b) => b.micros - a.micros)
    .slice(0, FUNCTIONS)
    .map(({ name, label, micros }) => `${micros.toFixed(0)} µs, ${name}: ${label}`)
}

/** Threads that run no JavaScript. */
function helpers(micros: Micros): Thread {
  const areas = [...micros].filter(([name]) => name !== MAIN && !SCRIPTED.includes(name))
  return { name: 'helpers', areas: new Map(areas), functions: new Map() }
}

/** Self times of one thread within a window, scaled to the processor time that it had. */
function readThread(file: string, { from, until }: { from: number; until: number }, micros: Micros): Thread {
  const cpuProfile = JSON.parse(readFileSync(file, 'utf8')) as CpuProfile
  const places = placesOf(cpuProfile)
  const thread: Thread = { name: threadName(cpuProfile), areas: new Map(), functions: new Map() }
  let at = cpuProfile.startTime
  for (const [index, sample] of cpuProfile.samples.entries()) {
    const time = cpuProfile.timeDeltas[index] ?? 0
    at += time
    const place = places.get(sample)
    if (at < from || at > until || place === undefined || place.area === IDLE) continue
    add(thread.areas, place.area, time)
    if (!place.name.startsWith('(')) add(thread.functions, place.name, time)
  }
  const sampled = [...thread.areas.values()].reduce((total, time) => total + time, 0)
  const scale = (micros.get(thread.name) ?? 0) / sampled
  const scaled = (times: Micros): Micros => new Map([...times].map(([name, time]) => [name, time * scale]))
  return { ...thread, areas: scaled(thread.areas), functions: scaled(thread.functions) }
}

function add(times: Micros, name: string, time: number): void {
  times.set(name, (times.get(name) ?? 0) + time)
}

/** By the file that the thread was started with. */
function threadName({ nodes }: CpuProfile): string {
  return SCRIPTED.find((name) => nodes.some(({ callFrame }) => callFrame.url.includes(`/${name}`))) ?? MAIN
}
