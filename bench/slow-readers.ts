import { assertSettled } from '../tests/support/api.ts'
import type { Gateway } from '../tests/support/gateway.ts'
import { percent } from './figures.ts'
import { residentMb } from './measure.ts'
import { promptFor } from './pace.ts'
import { runScript } from './processes.ts'
import { payingCustomer } from './customers.ts'
import type { Section } from './report.ts'
import type { Target } from './targets.ts'
import { body, CHAT_PATH } from './workloads.ts'

const READERS = 200
const BYTES_PER_SECOND = 1_000
const SECONDS = 90
const SETTLED_AFTER_SECONDS = 30
const STEP_SECONDS = 15
const MOST_GROWTH = 0.1

/** Whether slow callers of a fast upstream make a process grow. Control and gateway at the same time: both are nearly idle. */
export async function slowReaders(control: Target, gateway: Gateway): Promise<Section> {
  const customer = await payingCustomer(gateway)
  const flood = body({ stream: true, max_tokens: 500_000 }, promptFor('flood'))
  const slow = { path: CHAT_PATH, body: flood, readers: READERS, bytesPerSecond: BYTES_PER_SECOND, seconds: SECONDS }
  const read = (port: number, headers: Record<string, string>): Promise<{ served: number; error?: string }> =>
    runScript('slow-reading.ts', { ...slow, port, headers })
  const memory = sampled({ control: control.pid, gateway: gateway.pid })
  const [bare, full] = await Promise.all([
    read(control.port, {}),
    read(Number(new URL(gateway.url).port), { authorization: `Bearer ${customer.key}` }),
  ])
  const samples = memory.stop()
  await assertSettled(gateway.api, customer.organization, 60_000)
  const grown = samples.map(({ name, mb }) => ({ name, mb, by: (mb.at(-1) ?? 0) / (mb[SETTLED_AFTER_SECONDS / STEP_SECONDS] ?? 0) - 1 }))
  const growth = grown.find(({ name }) => name === 'gateway')?.by ?? Number.NaN
  const served = full.served === READERS
  return {
    title: `${READERS} readers at ${BYTES_PER_SECOND / 1_000} kB/s`,
    about:
      `Streams of an upstream that sends as much as it is let, read slowly for ${SECONDS} s. Resident memory in MB; flat means that it ` +
      `grows by at most ${percent(MOST_GROWTH)} once buffers are full. Afterwards the callers go away and nothing stays held.`,
    table: [
      ['', 'served to the end', ...steps().map((second) => `after ${second} s`), `growth after ${SETTLED_AFTER_SECONDS} s`],
      ...grown.map(({ name, mb, by }) => [
        name,
        String((name === 'gateway' ? full : bare).served),
        ...mb.map((value) => value.toFixed(0)),
        percent(by),
      ]),
    ],
    notes: [bare, full].flatMap(({ error }) => (error === undefined ? [] : [`a stream ended early: ${error}`])),
    goals: [
      {
        what: `growth from ${SETTLED_AFTER_SECONDS} to ${SECONDS} s with slow readers`,
        goal: `≤ ${percent(MOST_GROWTH)}, all served`,
        measured: `${percent(growth)}, ${full.served} served`,
        reached: served && growth <= MOST_GROWTH,
      },
    ],
  }
}

function steps(): number[] {
  return Array.from({ length: SECONDS / STEP_SECONDS + 1 }, (_, index) => index * STEP_SECONDS)
}

function sampled(pids: Record<string, number>): { stop(): { name: string; mb: number[] }[] } {
  const rows = Object.entries(pids).map(([name, pid]) => ({ name, pid, mb: [residentMb(pid)] }))
  const sample = (): void => rows.forEach(({ pid, mb }) => mb.push(residentMb(pid)))
  // A moment before the readers stop.
  const timers = steps()
    .slice(1)
    .map((second) => setTimeout(sample, second * 1_000 - 500))
  return {
    stop: () => {
      for (const timer of timers) clearTimeout(timer)
      return rows.map(({ name, mb }) => ({ name, mb }))
    },
  }
}
