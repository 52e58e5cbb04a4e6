/**
 * The open loop, a process of its own: `node open-loop.ts JSON-OF-OPEN-LOAD`. Sends at times that were fixed beforehand,
 * whatever has been answered by then, and counts each latency from the time it should have been sent.
 */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { Connection, requestBytes } from './client.ts'
import type { Request } from './client.ts'
import { expectation } from './expected.ts'
import { latenciesOf } from './figures.ts'
import type { Latencies } from './figures.ts'
import type { Loaded } from './measure.ts'
import { Tally } from './tally.ts'

interface OpenLoad extends Request {
  perSecond: number
  seconds: number
}

const LEAD_MS = 200

function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

/** When to send, in milliseconds from the start: independent callers, so the gaps are exponential; the same every time. */
function schedule(perSecond: number, seconds: number): Float64Array {
  const times = new Float64Array(perSecond * seconds)
  let state = 1
  let at = LEAD_MS
  for (let index = 0; index < times.length; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    at -= (Math.log((state + 1) / 4_294_967_297) * 1_000) / perSecond
    times[index] = at
  }
  return times
}

/** In a thread of its own, which does nothing but sleep until the next one is due: timers know milliseconds only. */
function tick({ start, times }: { start: number; times: Float64Array }): void {
  const never = new Int32Array(new SharedArrayBuffer(4))
  for (const [index, time] of times.entries()) {
    const wait = start + time - nowMs()
    if (wait > 0) Atomics.wait(never, 0, 0, wait)
    parentPort?.postMessage(index)
  }
}

async function run(load: OpenLoad): Promise<Loaded & Latencies> {
  const request = requestBytes(load)
  const expected = expectation(load)
  const times = schedule(load.perSecond, load.seconds)
  const free: Connection[] = []
  const latencies: number[] = []
  const tally = new Tally()
  const start = nowMs()
  const one = async (index: number): Promise<void> => {
    const connection = free.pop() ?? new Connection(load.port)
    await connection.exchange(request, expected())
    latencies.push(nowMs() - start - (times[index] ?? 0))
    tally.requests++
    free.push(connection)
  }
  const ticker = new Worker(import.meta.filename, { workerData: { start, times } })
  const all: Promise<void>[] = []
  ticker.on('message', (index: number) => all.push(one(index).catch(tally.failed)))
  await new Promise((resolve) => ticker.once('exit', resolve))
  await Promise.all(all)
  for (const connection of free) connection.close()
  return { ...tally.result(), ...latenciesOf(latencies) }
}

if (isMainThread) process.stdout.write(JSON.stringify(await run(JSON.parse(process.argv[2] ?? '{}') as OpenLoad)))
else tick(workerData as { start: number; times: Float64Array })
