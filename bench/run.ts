/**
 * `npm run bench`: the gateway with everything on, beside proxies that only pass on. Each measured process has core 0 for
 * itself, what is around it core 1, and those compared take turns.
 *
 *   node bench/run.ts                                             everything, about fifteen minutes
 *   node bench/run.ts --write                                     and write docs/reference/performance.md; of one part with --only
 *   node bench/run.ts --only json --rounds 2 --seconds 4 --alone  one part, for trying something out
 */
import { pathToFileURL } from 'node:url'
import { createDatabase, postgresMissing } from '../tests/support/postgres.ts'
import { admission } from './admission.ts'
import { measureHttp } from './http-calls.ts'
import { heapAfterGcMb, READABLE_HEAP } from './heap.ts'
import { latency } from './latency.ts'
import { ledgerPairs } from './ledger.ts'
import { machine, writePage } from './page.ts'
import type { Placed } from './page.ts'
import { residentMb } from './measure.ts'
import { readOptions } from './options.ts'
import type { Options, Part } from './options.ts'
import { startNginx, startPortkey } from './peers.ts'
import { atEnd, end, startScript } from './processes.ts'
import type { Script } from './processes.ts'
import { profile } from './profile.ts'
import { sectionText } from './report.ts'
import type { Section } from './report.ts'
import { slowReaders } from './slow-readers.ts'
import { startUp } from './start-up.ts'
import { streams } from './streams.ts'
import { direct, gatewayTarget, startBenchGateway, startControl } from './targets.ts'
import { LONG_WARM_UP, throughput } from './throughput.ts'
import type { Heading } from './throughput.ts'
import { translation } from './translation.ts'
import { DIALECT_WORKLOADS, WORKLOADS } from './workloads.ts'

type Measure = (upstream: Script, options: Options) => Promise<Section | Section[]>

const [JSON_WORKLOAD] = WORKLOADS

async function measureThroughput(upstream: Script, options: Options): Promise<Section> {
  const gateway = await startBenchGateway(upstream, { env: READABLE_HEAP })
  const targets = [await startControl(upstream), gatewayTarget(gateway)]
  const missing: string[] = []
  if (!options.alone) {
    targets.push(await startControl(upstream, 'control, nothing parsed', ['--bare']))
    for (const peer of [await startNginx(upstream), await startPortkey(upstream)])
      if (typeof peer === 'string') missing.push(peer)
      else targets.push(peer)
  }
  const workloads = WORKLOADS.filter(({ id }) => options.only.includes(id))
  const section = await throughput({ title: 'Throughput', ...LONG_WARM_UP }, workloads, targets, upstream, options)
  const resident = residentMb(gateway.pid)
  const memory = `memory of the gateway after all that: ${resident.toFixed(0)} MB resident, of which the heap of the main thread after a garbage collection is ${(await heapAfterGcMb(gateway)).toFixed(0)} MB`
  return { ...section, notes: [...missing, ...section.notes, memory] }
}

/** Two short rounds and nobody else beside: there are twelve workloads. */
async function measureDialects(upstream: Script, options: Options): Promise<Section> {
  const targets = [await startControl(upstream), gatewayTarget(await startBenchGateway(upstream))]
  const short = { ...options, rounds: Math.min(options.rounds, 2), seconds: Math.min(options.seconds, 2) }
  return throughput(DIALECTS_HEADING, DIALECT_WORKLOADS, targets, upstream, short)
}

const DIALECTS_HEADING: Heading = {
  title: 'Throughput of the other dialects, and of translation',
  about:
    ' Where the gateway translates, the control is asked the same, and passes it to an upstream that speaks OpenAI Chat itself. ' +
    'Streams bring 100 events with text, beside those of their dialect that open and close.',
  first: 8,
  next: 1,
}

async function measureLatency(upstream: Script, options: Options): Promise<Section> {
  const targets = { control: await startControl(upstream), gateway: gatewayTarget(await startBenchGateway(upstream)) }
  return latency(JSON_WORKLOAD, targets, upstream, options, { database: 'SQLite', p50Ms: 1, p99Ms: 4 })
}

async function measureLatencyPostgres(upstream: Script, options: Options): Promise<Section> {
  const missing = await postgresMissing()
  if (missing !== false) return { title: 'Added latency, PostgreSQL', about: missing, table: [], notes: [], goals: [] }
  const database = await createDatabase()
  atEnd(() => database.drop())
  const gateway = await startBenchGateway(upstream, { databaseUrl: database.url })
  const targets = { control: await startControl(upstream), gateway: gatewayTarget(gateway) }
  return latency(JSON_WORKLOAD, targets, upstream, options, { database: 'PostgreSQL', elsewhere: true, p50Ms: 3 })
}

async function measureStreams(upstream: Script): Promise<Section> {
  const gateway = gatewayTarget(await startBenchGateway(upstream))
  return streams({ direct: direct(upstream), control: await startControl(upstream), gateway }, upstream)
}

async function measureSlowReaders(upstream: Script): Promise<Section> {
  return slowReaders(await startControl(upstream), await startBenchGateway(upstream))
}

/** What each part runs; the workloads of one comparison run together. */
const MEASURES: [Part[], Measure][] = [
  [['json', 'prompt', 'stream'], measureThroughput],
  [['dialects'], measureDialects],
  [['translation'], () => translation()],
  [['http'], measureHttp],
  [['latency'], measureLatency],
  [['latency-postgres'], measureLatencyPostgres],
  [['admission'], async (upstream) => admission(JSON_WORKLOAD, await startBenchGateway(upstream), upstream)],
  [['streams'], measureStreams],
  [['slow-readers'], measureSlowReaders],
  [['ledger'], () => ledgerPairs()],
  [['start-up'], () => startUp()],
  [['profile'], (upstream) => profile(JSON_WORKLOAD, upstream)],
]

async function measured(measure: Measure, options: Options): Promise<Section[]> {
  try {
    return [await measure(await startScript('upstream.ts', [], 1), options)].flat()
  } finally {
    await end()
  }
}

/** A section of the page is measured whole, or not at all. */
function assertWritable({ write, only }: Options): void {
  const torn = MEASURES.find(([parts]) => parts.some((part) => only.includes(part)) && !parts.every((part) => only.includes(part)))
  if (write && torn !== undefined) throw new Error(`--write: ${torn[0].join(', ')} are one section; measure all of them, or none`)
}

/** Every part with processes of its own, which end with it. */
async function run(options: Options): Promise<void> {
  assertWritable(options)
  const facts = machine()
  process.stdout.write(`${facts}\n\n`)
  const sections: Placed[] = []
  for (const [index, [parts, measure]] of MEASURES.entries()) {
    if (!parts.some((part) => options.only.includes(part))) continue
    for (const section of await measured(measure, options)) {
      sections.push({ place: index + 1, section })
      process.stdout.write(`${sectionText(section)}\n`)
    }
  }
  if (options.write) process.stdout.write(`${pathToFileURL(writePage(facts, sections)).href}\n`)
  if (sections.some(({ section }) => section.goals.some(({ reached }) => reached !== true)))
    process.stdout.write('Not every goal was reached.\n')
}

try {
  await run(readOptions())
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
