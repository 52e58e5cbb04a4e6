/**
 * Readers of many paced streams at once, a process of its own: `node many-streams.ts JSON-OF-STREAM-LOAD`. Every event says
 * when the upstream sent it, on the clock that all processes of a machine share; the delay is until it is read here.
 */
import { Connection, requestBytes } from './client.ts'
import type { Request } from './client.ts'
import { latenciesOf } from './figures.ts'
import type { Latencies } from './figures.ts'
import type { Loaded } from './measure.ts'
import { Tally } from './tally.ts'

/** Many streams at once. */
interface StreamLoad extends Request {
  streams: number
  /** Over which the streams are begun, so that they do not march in step. */
  rampMs: number
  /** How many events every stream has to bring. */
  events: number
}

const SENT_AT = /"content":"(\d+)"/g

/** Reads the times of sending out of a stream that comes in pieces. */
function readTimes(found: (sentAt: bigint) => void): (bytes: Buffer) => void {
  let rest = ''
  return (bytes) => {
    const text = rest + bytes.toString('latin1')
    const end = text.lastIndexOf('\n\n') + 1
    rest = text.slice(end)
    for (const [, sentAt = '0'] of text.slice(0, end).matchAll(SENT_AT)) found(BigInt(sentAt))
  }
}

async function run(load: StreamLoad): Promise<Loaded & Latencies> {
  const request = requestBytes(load)
  const delays: number[] = []
  const tally = new Tally()
  const start = performance.now()
  const one = async (): Promise<void> => {
    const connection = new Connection(load.port)
    let events = 0
    const piece = readTimes((sentAt) => {
      events++
      // While streams are still being begun, something else is measured.
      if (performance.now() > start + load.rampMs) delays.push(Number(process.hrtime.bigint() - sentAt) / 1e6)
    })
    const whole = (): string | undefined => (events === load.events ? undefined : `${events} events instead of ${load.events}`)
    await connection.exchange(request, { piece, whole })
    connection.close()
    tally.requests++
  }
  const all: Promise<void>[] = []
  for (let index = 0; index < load.streams; index++) {
    all.push(one().catch(tally.failed))
    const due = start + (load.rampMs * (index + 1)) / load.streams
    const wait = due - performance.now()
    if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait))
  }
  await Promise.all(all)
  return { ...tally.result(), ...latenciesOf(delays) }
}

process.stdout.write(JSON.stringify(await run(JSON.parse(process.argv[2] ?? '{}') as StreamLoad)))
