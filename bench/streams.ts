import { percent } from './figures.ts'
import type { Latencies } from './figures.ts'
import { disturbed, measure, objection, residentMb } from './measure.ts'
import type { Loaded, Sent, Used } from './measure.ts'
import { promptFor } from './pace.ts'
import type { Script } from './processes.ts'
import type { Section } from './report.ts'
import type { Target } from './targets.ts'
import { body, CHAT_PATH } from './workloads.ts'

const STREAMS = 1_000
const PER_SECOND = 20
const EVENTS = 440
const RAMP_MS = 2_000
const WARM_UP_STREAMS = 50
const WARM_UP_EVENTS = 100
const MOST_ADDED_MS = 50
const MOST_MEMORY = 1.3
const SAMPLE_MS = 500

type Run = Loaded & Used & Latencies

interface Measured {
  run: Run
  /** How much larger the process was than before, at most, per stream. */
  kbPerStream: number
}

/** A thousand streams at once: how late events come, and what a stream takes of memory. The targets are new processes. */
export async function streams(targets: { direct: Target; control: Target; gateway: Target }, upstream: Script): Promise<Section> {
  const { direct, control, gateway } = targets
  const [straight, bare, full] = [await one(direct, upstream), await one(control, upstream), await one(gateway, upstream)]
  const added = full.run.p99Ms - straight.run.p99Ms
  const memory = full.kbPerStream / bare.kbPerStream
  const notes = [straight, bare, full].flatMap(({ run }) => objection(run) ?? [])
  const counts = notes.length === 0
  const quiet = !disturbed([bare.run, full.run])
  return {
    title: `${STREAMS} streams of ${PER_SECOND} events/s at once`,
    about:
      `Each for ${EVENTS / PER_SECOND} s. Every event carries the time at which the upstream sent it; the delay is until it is read. ` +
      'Memory: how much the resident memory of the process grew, at most, divided by the streams; processes that have been warmed up before, with some of the same streams.',
    table: [
      ['', 'events/s', 'delay p50 ms', 'delay p99 ms', 'kB a stream', 'core 0', 'others', 'core 1', 'others'],
      row('direct', straight),
      row('control', bare),
      row('gateway', full),
    ],
    notes: notes.map((why) => `does not count: ${why}`),
    goals: [
      {
        what: 'delay of an event above direct, p99',
        goal: `≤ ${MOST_ADDED_MS} ms`,
        measured: `${added.toFixed(1)} ms`,
        reached: quiet ? counts && added <= MOST_ADDED_MS : undefined,
      },
      {
        what: 'memory of a stream to that of the control',
        goal: `≤ ${MOST_MEMORY}`,
        measured: memory.toFixed(2),
        reached: quiet ? counts && memory <= MOST_MEMORY : undefined,
      },
    ],
  }
}

async function one(target: Target, upstream: Script): Promise<Measured> {
  const warm = { path: CHAT_PATH, body: body({ stream: true }, 'Hello!'), connections: 64, seconds: 3 }
  await measure('load.ts', warm, target, upstream)
  // Whole streams like those that are measured: what a process sets up once for such streams is not theirs.
  await measure('many-streams.ts', streamLoad(WARM_UP_STREAMS, WARM_UP_EVENTS), target, upstream)
  const before = residentMb(target.pid)
  let most = before
  const sampler = setInterval(() => (most = Math.max(most, residentMb(target.pid))), SAMPLE_MS)
  const run = await measure<Loaded & Latencies>('many-streams.ts', streamLoad(STREAMS, EVENTS), target, upstream)
  clearInterval(sampler)
  return { run, kbPerStream: ((most - before) * 1_024) / STREAMS }
}

function streamLoad(count: number, events: number): Sent {
  const paced = body({ stream: true, max_tokens: 20_000 }, promptFor({ perSecond: PER_SECOND, events }))
  return { path: CHAT_PATH, body: paced, streams: count, rampMs: RAMP_MS, events }
}

function row(name: string, { run, kbPerStream }: Measured): string[] {
  return [
    name,
    ((run.requests * EVENTS * 1_000) / run.elapsedMs).toFixed(0),
    run.p50Ms.toFixed(1),
    run.p99Ms.toFixed(1),
    name === 'direct' ? '' : kbPerStream.toFixed(0),
    name === 'direct' ? '' : percent(run.busy),
    percent(run.others),
    percent(run.aroundBusy),
    percent(run.othersAround),
  ]
}
