import type { Gateway } from '../tests/support/gateway.ts'
import { measureRun, median, objection, percent } from './measure.ts'
import type { Run } from './measure.ts'
import type { Options } from './options.ts'
import { startScript } from './processes.ts'
import type { Script } from './processes.ts'
import { assertPaid, durable, payingCustomer } from './proof.ts'
import type { Workload } from './workloads.ts'

const WARM_UP_SECONDS = 2

/** Something that stands between load and upstream; gives one run, or throws why it does not count. */
export interface Contender {
  name: string
  run(workload: Workload, seconds: number, connections: number): Promise<Run>
}

/** The proxy of `control.ts`, `--bare` or parsing. */
export async function controlContender(name: string, upstream: Script, flags: string[] = []): Promise<Contender> {
  const { pid, port } = await startScript('control.ts', [String(upstream.port), ...flags], 0)
  return {
    name,
    run: ({ body }, seconds, connections) => measureRun({ port, key: 'none', body, connections, seconds }, pid, upstream.pid),
  }
}

/** The gateway, each run for a customer of its own and proved paid. */
export function gatewayContender(gateway: Gateway, upstream: Script): Contender {
  const port = Number(new URL(gateway.url).port)
  return {
    name: 'gateway',
    run: async ({ body }, seconds, connections) => {
      const customer = await payingCustomer(gateway)
      const before = await durable(gateway)
      const run = await measureRun({ port, key: customer.key, body, connections, seconds }, gateway.pid, upstream.pid)
      if (run.errors === 0) await assertPaid(gateway, customer, run.requests, before)
      return run
    },
  }
}

export const HEAD = [
  '| workload | | requests/s | to control | CPU µs/request | to control | core 0 busy | core 1 busy | p50 / p99 ms |',
  '| --- | --- | --: | --: | --: | --: | --: | --: | --: |',
].join('\n')

/** Everyone in turns, round after round; rows with medians, the first contender being what the others are held against. */
export async function compare(workload: Workload, contenders: Contender[], options: Options): Promise<string[]> {
  const runs = new Map<Contender, Run[]>(contenders.map((contender) => [contender, []]))
  for (const contender of contenders) await contender.run(workload, WARM_UP_SECONDS, options.connections)
  for (let round = 0; round < options.rounds; round++) {
    for (const contender of contenders) {
      const run = await contender.run(workload, options.seconds, options.connections)
      const why = objection(run)
      if (why === undefined) runs.get(contender)?.push(run)
      else process.stdout.write(`not counted, ${workload.name}, ${contender.name}: ${why}\n`)
    }
  }
  const first = contenders[0]
  const control = (first && runs.get(first)) ?? []
  return contenders.map((contender) => row(workload, contender, runs.get(contender) ?? [], control))
}

type Figure = Exclude<keyof Run, 'error'>

function of(runs: Run[], figure: Figure): number {
  return median(runs.map((run) => run[figure]))
}

function row({ name }: Workload, contender: Contender, runs: Run[], control: Run[]): string {
  if (runs.length === 0) return `| ${name} | ${contender.name} | no run counted |`
  const against = (figure: Figure): string => (of(runs, figure) / of(control, figure)).toFixed(2)
  const cells = [
    name,
    contender.name,
    of(runs, 'perSecond').toFixed(0),
    against('perSecond'),
    of(runs, 'cpuMicros').toFixed(0),
    against('cpuMicros'),
    percent(of(runs, 'busy')),
    percent(of(runs, 'aroundBusy')),
    `${of(runs, 'p50Ms').toFixed(1)} / ${of(runs, 'p99Ms').toFixed(1)}`,
  ]
  return `| ${cells.join(' | ')} |`
}
