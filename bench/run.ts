/**
 * `npm run bench`: the gateway, with everything on, beside a bare node:http + undici proxy, on the same core, in turns.
 * `node bench/run.ts --only json --rounds 2 --seconds 4` measures a part of it quickly; see options.ts.
 */
import { cpus } from 'node:os'
import { Gateway, startGateway } from '../tests/support/gateway.ts'
import { pause } from '../tests/support/wait.ts'
import { median, residentMb } from './measure.ts'
import { readOptions } from './options.ts'
import type { Options } from './options.ts'
import { atEnd, end, onCore, pinning, startScript } from './processes.ts'
import { compare, controlContender, gatewayContender, HEAD } from './throughput.ts'
import { PRICE, WORKLOADS } from './workloads.ts'

const IDLE_MS = 10_000

function wanted(options: Options, id: string): boolean {
  return options.only.length === 0 || options.only.includes(id)
}

async function throughput(options: Options): Promise<void> {
  const upstream = await startScript('upstream.ts', [], 1)
  const config = {
    providers: [{ name: 'bench', kind: 'openai-compatible', baseUrl: `http://127.0.0.1:${upstream.port}/v1`, apiKey: 'none' }],
    models: { bench: { deployments: [{ provider: 'bench', model: 'bench' }], price: PRICE, maxOutput: 4_096 } },
  }
  const gateway = await startGateway({ config, wrap: onCore(0) })
  atEnd(() => gateway.stop())
  const contenders = [
    await controlContender('control', upstream),
    gatewayContender(gateway, upstream),
    await controlContender('bare control', upstream, ['--bare']),
  ]
  process.stdout.write(`${HEAD}\n`)
  for (const workload of WORKLOADS.filter(({ id }) => wanted(options, id)))
    for (const row of await compare(workload, contenders, options)) process.stdout.write(`${row}\n`)
  process.stdout.write(`\nmemory after the load: ${residentMb(gateway.pid).toFixed(0)} MB\n`)
  await end()
}

/** From spawn to the ready line, on a second run; and resident memory when nothing has happened for ten seconds. */
async function startUp(): Promise<void> {
  const gateway = await new Gateway({}).start()
  atEnd(() => gateway.stop())
  const times: number[] = []
  for (let i = 0; i < 5; i++) {
    await gateway.kill('SIGTERM')
    await gateway.start()
    times.push(gateway.readyMs)
  }
  await pause(IDLE_MS)
  process.stdout.write(
    `ready after ${median(times).toFixed(0)} ms (median of 5 starts with data); idle memory ${residentMb(gateway.pid).toFixed(0)} MB\n`,
  )
  await end()
}

const options = readOptions()
process.stdout.write(
  `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}; ${pinning()}; ` +
    `${options.connections} connections; ${options.rounds} rounds of ${options.seconds} s\n\n`,
)
try {
  if (WORKLOADS.some(({ id }) => wanted(options, id))) await throughput(options)
  if (wanted(options, 'start-up')) await startUp()
} finally {
  await end()
}
