/**
 * The load generator, a process of its own: `node load.ts '{"url":…,"key":…,"body":…,"connections":…,"seconds":…}'`.
 * Keeps every connection busy, reads every answer to its end, and prints what happened as JSON.
 */
import { Pool } from 'undici'

/** What to send, how often at once, for how long. */
export interface Load {
  url: string
  key: string
  body: string
  connections: number
  seconds: number
  /** What a whole answer ends with. */
  ending: string
}

export interface Loaded {
  requests: number
  errors: number
  perSecond: number
  p50Ms: number
  p99Ms: number
}

async function run({ url, key, body, connections, seconds, ending }: Load): Promise<Loaded> {
  const pool = new Pool(url, { connections })
  const latencies: number[] = []
  let errors = 0
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const one = async (): Promise<void> => {
    const from = performance.now()
    const answer = await pool.request({ path: '/v1/chat/completions', method: 'POST', headers, body })
    const text = await answer.body.text()
    if (answer.statusCode !== 200 || !text.endsWith(ending)) errors++
    latencies.push(performance.now() - from)
  }
  const start = performance.now()
  const end = start + seconds * 1_000
  const lane = async (): Promise<void> => {
    while (performance.now() < end) await one().catch(() => errors++)
  }
  await Promise.all(Array.from({ length: connections }, lane))
  const took = (performance.now() - start) / 1_000
  await pool.close()
  const sorted = latencies.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
  return { requests: latencies.length, errors, perSecond: latencies.length / took, p50Ms: at(0.5), p99Ms: at(0.99) }
}

if (import.meta.main) process.stdout.write(JSON.stringify(await run(JSON.parse(process.argv[2] ?? '{}') as Load)))
