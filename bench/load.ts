/**
 * The closed loop, a process of its own: `node load.ts JSON-OF-LOAD`. Keeps every connection busy, compares every answer
 * with what it has to be, byte for byte, and prints what happened as JSON. Raw sockets, for the reason given in
 * upstream.ts.
 */
import { Connection, requestBytes } from './client.ts'
import type { Request } from './client.ts'
import { expectation } from './expected.ts'
import type { Asked } from './expected.ts'
import { latenciesOf } from './figures.ts'
import type { Latencies } from './figures.ts'
import type { Loaded } from './measure.ts'
import { Tally } from './tally.ts'

/** What to send, how often at once, for how long. */
interface Load extends Request, Asked {
  connections: number
  seconds: number
  /** How long to look away between two looks at the connections: what arrives meanwhile is read at once. */
  restMs?: number
}

/** Looks away again and again, until stopped: many small reads cost this core more than a few large ones. */
function rest(ms: number): () => void {
  const never = new Int32Array(new SharedArrayBuffer(4))
  let turn = setImmediate(function sleep() {
    Atomics.wait(never, 0, 0, ms)
    turn = setImmediate(sleep)
  })
  return () => clearImmediate(turn)
}

async function run(load: Load): Promise<Loaded & Latencies> {
  const request = requestBytes(load)
  const expected = expectation(load)
  const latencies: number[] = []
  const stop = load.restMs === undefined ? (): void => undefined : rest(load.restMs)
  const tally = new Tally()
  const until = performance.now() + load.seconds * 1_000
  const lane = async (): Promise<void> => {
    const connection = new Connection(load.port)
    for (let sentAt = 0; sentAt < until;) {
      sentAt = performance.now()
      await connection.exchange(request, expected())
      latencies.push(performance.now() - sentAt)
      tally.requests++
    }
    connection.close()
  }
  await Promise.all(Array.from({ length: load.connections }, () => lane().catch(tally.failed)))
  stop()
  return { ...tally.result(), ...latenciesOf(latencies) }
}

process.stdout.write(JSON.stringify(await run(JSON.parse(process.argv[2] ?? '{}') as Load)))
