/**
 * `npm run bench`: the gateway, with everything on, beside a bare node:http + undici proxy, on the same core, in turns.
 * A run of the gateway counts only if every answer was whole, the money that was posted is requests × cost, there are as
 * many records as requests, and the ledger verifies. Then start-up time and idle memory.
 * SECONDS (default 5) and ROUNDS (default 3) set how long it takes.
 */
import { cpus } from 'node:os'
import { assertSettled } from '../tests/support/api.ts'
import { nano } from '../tests/support/decimal.ts'
import { Gateway, startGateway } from '../tests/support/gateway.ts'
import { eventually, pause } from '../tests/support/wait.ts'
import type { Loaded } from './load.ts'
import { median, onCore, pinning, residentMb, runLoad, startScript } from './processes.ts'
import { COST, PRICE, WORKLOADS } from './workloads.ts'
import type { Workload } from './workloads.ts'

const SECONDS = Number(process.env['SECONDS'] ?? 5)
const ROUNDS = Number(process.env['ROUNDS'] ?? 3)
const WARM_UP_SECONDS = 2
const IDLE_MS = 10_000

interface Row {
  name: string
  control: Loaded[]
  gateway: Loaded[]
}

/** One run of the gateway for a customer of its own, and the proof that it was paid. */
async function measureGateway(gateway: Gateway, workload: Workload, seconds: number): Promise<Loaded> {
  const customer = await gateway.customer('100000.00')
  const result = await runLoad({ ...workload, url: gateway.url, key: customer.key, seconds })
  if (result.errors > 0) throw new Error(`${workload.name}: ${result.errors} of ${result.requests} answers were not whole`)
  const { posted } = await assertSettled(gateway.api, customer.organization, 30_000)
  const due = BigInt(result.requests) * COST
  if (nano(posted) !== due) throw new Error(`${workload.name}: ${posted} was posted for ${result.requests} requests`)
  await eventually(async () => {
    const usage = await gateway.api.expect<{ requests: number; cost: string }>(
      200,
      'GET',
      `/api/usage?organization=${customer.organization}`,
    )
    if (usage.requests !== result.requests) throw new Error(`${workload.name}: ${usage.requests} records for ${result.requests} requests`)
    if (nano(usage.cost) !== due) throw new Error(`${workload.name}: the records add up to ${usage.cost}`)
  }, 30_000)
  return result
}

async function measureWorkload(workload: Workload, gateway: Gateway, controlUrl: string): Promise<Row> {
  const row: Row = { name: workload.name, control: [], gateway: [] }
  const control = (seconds: number): Promise<Loaded> => runLoad({ ...workload, url: controlUrl, key: 'none', seconds })
  await control(WARM_UP_SECONDS)
  await measureGateway(gateway, workload, WARM_UP_SECONDS)
  for (let round = 0; round < ROUNDS; round++) {
    row.control.push(await control(SECONDS))
    row.gateway.push(await measureGateway(gateway, workload, SECONDS))
  }
  return row
}

function rate(runs: Loaded[]): number {
  return median(runs.map((run) => run.perSecond))
}

function tail(runs: Loaded[]): string {
  return `${median(runs.map((run) => run.p50Ms)).toFixed(1)} / ${median(runs.map((run) => run.p99Ms)).toFixed(1)}`
}

function report({ name, control, gateway }: Row): string {
  const ratio = (rate(gateway) / rate(control)).toFixed(2)
  return `| ${name} | ${rate(control).toFixed(0)} | ${rate(gateway).toFixed(0)} | ${ratio} | ${tail(control)} | ${tail(gateway)} |`
}

async function compare(): Promise<void> {
  const upstream = await startScript('upstream.ts', [], 1)
  const control = await startScript('control.ts', [String(upstream.port)], 0)
  const config = {
    providers: [{ name: 'bench', kind: 'openai-compatible', baseUrl: `http://127.0.0.1:${upstream.port}/v1`, apiKey: 'none' }],
    models: { bench: { deployments: [{ provider: 'bench', model: 'bench' }], price: PRICE, maxOutput: 4_096 } },
  }
  const gateway = await startGateway({ config, wrap: onCore(0) })
  try {
    process.stdout.write(
      '| workload | control/s | gateway/s | ratio | control p50 / p99 ms | gateway p50 / p99 ms |\n| --- | --- | --- | --- | --- | --- |\n',
    )
    for (const workload of WORKLOADS)
      process.stdout.write(`${report(await measureWorkload(workload, gateway, `http://127.0.0.1:${control.port}`))}\n`)
    process.stdout.write(`\nmemory after the load: ${residentMb(gateway.pid).toFixed(0)} MB\n`)
  } finally {
    await gateway.stop()
    control.child.kill()
    upstream.child.kill()
  }
}

/** From spawn to the ready line, on a second run; and resident memory when nothing has happened for ten seconds. */
async function startUp(): Promise<void> {
  const gateway = await new Gateway({}).start()
  const times: number[] = []
  try {
    for (let i = 0; i < 5; i++) {
      await gateway.kill('SIGTERM')
      await gateway.start()
      times.push(gateway.readyMs)
    }
    await pause(IDLE_MS)
    process.stdout.write(
      `ready after ${median(times).toFixed(0)} ms (median of 5 starts with data); idle memory ${residentMb(gateway.pid).toFixed(0)} MB\n`,
    )
  } finally {
    await gateway.stop()
  }
}

process.stdout.write(
  `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}; ${pinning()}; ${ROUNDS} rounds of ${SECONDS} s\n\n`,
)
await compare()
await startUp()
