import { atEnd, onCore } from './processes.ts'
import type { Script } from './processes.ts'
import { startGateway } from '../tests/support/gateway.ts'
import type { Customer, Gateway } from '../tests/support/gateway.ts'
import { median } from './figures.ts'
import type { Options } from './options.ts'
import type { Section } from './report.ts'
import { gatewayTarget, startControl } from './targets.ts'
import { LONG_WARM_UP, throughput, type Run } from './throughput.ts'
import { body, CHAT_PATH, type Workload } from './workloads.ts'

/** Price of a call: what a call of the benchmark's model costs, so that the same proof holds. */
const PRICE = '0.000041'
const FEW = 10
const MANY = 10_000
/** How much more of the processor a call may take among many routes than among few. */
const MOST_MORE = 1.05

const HTTP: Workload = { id: 'http', name: 'call of a published API', path: `/bench${CHAT_PATH}`, body: body({}, 'Hello!'), toControl: 0.6 }

/** A gateway on core 0 that publishes an API of so many routes, of which the last is called. */
async function startPublishing(upstream: Script, routes: number): Promise<Gateway> {
  const others = Array.from({ length: routes - 1 }, (_, i) => ({ method: 'GET', path: `/r${i}/{id}/parts/{part}`, price: PRICE }))
  const bench = {
    prefix: '/bench',
    upstream: { baseUrl: `http://127.0.0.1:${upstream.port}` },
    routes: [...others, { method: 'POST', path: CHAT_PATH, price: PRICE }],
  }
  const gateway = await startGateway({ config: { apis: { bench } }, wrap: onCore(0) })
  atEnd(() => gateway.stop())
  const plan = {
    name: 'bench',
    price: '0',
    period: 'free',
    apis: ['*'],
    quotas: [{ counts: 'requests', apis: 'bench', limit: 1_000_000_000 }],
  }
  await gateway.api.expect(201, 'POST', '/api/plans', plan)
  return gateway
}

/** A customer whose calls take every step: limits, a cap, a plan with a quota, and a wallet. */
async function subscribedCustomer(gateway: Gateway): Promise<Customer> {
  const customer = await gateway.customer('100000.00', {
    cap: { amount: '100000.00', period: 'month' },
    limits: [
      { kind: 'requests', amount: 1_000_000, per: 'second' },
      { kind: 'concurrency', amount: 100_000 },
    ],
  })
  await gateway.api.expect(201, 'POST', `/api/organizations/${customer.organization}/subscriptions`, { plan: 'bench' })
  return customer
}

/** Calls that are passed through with everything on, beside a proxy that parses nothing; and the same among many routes. */
export async function measureHttp(upstream: Script, options: Options): Promise<Section> {
  const few = gatewayTarget(await startPublishing(upstream, FEW), subscribedCustomer)
  const many = { ...gatewayTarget(await startPublishing(upstream, MANY), subscribedCustomer), name: 'gateway, 10,000 routes' }
  const targets = [await startControl(upstream, 'control', ['--bare']), few, many]
  const goals = (runs: ReadonlyMap<string, Run[]>) => [amongMany(runs.get(few.name) ?? [], runs.get(many.name) ?? [])]
  return throughput({ title: 'Published APIs', about: ABOUT, ...LONG_WARM_UP, goals }, [HTTP], targets, upstream, options)
}

const ABOUT =
  ' Key, plan with a quota, cap, limits, wallet and records are on; the control parses nothing and keeps nothing. The gateway publishes ' +
  '10 routes, or 10,000.'

function amongMany(few: Run[], many: Run[]) {
  const ratio = median(many.map(({ cpuMicros }) => cpuMicros)) / median(few.map(({ cpuMicros }) => cpuMicros))
  return {
    what: 'processor time of a call among 10,000 routes, to that among 10',
    goal: `≤ ${MOST_MORE}`,
    measured: ratio.toFixed(3),
    reached: few.length === 0 || many.length === 0 ? undefined : ratio <= MOST_MORE,
  }
}
