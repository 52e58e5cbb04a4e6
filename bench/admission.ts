import type { Customer, Gateway } from '../tests/support/gateway.ts'
import { boundCustomer, freeCustomer } from './customers.ts'
import { median } from './figures.ts'
import type { Latencies } from './figures.ts'
import { disturbed, measure, objection, starved } from './measure.ts'
import type { Loaded, Used } from './measure.ts'
import type { Script } from './processes.ts'
import type { Goal, Section } from './report.ts'
import { gatewayTarget } from './targets.ts'
import type { Target } from './targets.ts'
import type { Workload } from './workloads.ts'

const PAIRS = 5
const LEAST_RATIO = 0.85
const MOST_ADDED_MS = 0.3
/** Wallet, three caps, two quotas. */
const LEGS = 6

const CLOSED = { connections: 256, seconds: 4 }
const OPEN = { perSecond: 500, seconds: 5 }
const WARM_UP = { connections: 256, seconds: 15 }

type Run = Loaded & Used & Latencies

interface Pair {
  without: Run
  bound: Run
}

/** What it costs a request that a plan, two quotas, three caps, rates and concurrency are asked whether it may be served. */
export async function admission(workload: Workload, gateway: Gateway, upstream: Script): Promise<Section> {
  const targets = { without: gatewayTarget(gateway, freeCustomer), bound: gatewayTarget(gateway, provenBound(workload)) }
  const notes: string[] = []
  const run = (script: string, load: object, target: Target): Promise<Run> =>
    measure<Loaded & Latencies>(script, { ...workload, ...load }, target, upstream)
  for (const target of Object.values(targets)) await run('load.ts', WARM_UP, target)
  const pairs = async (script: string, load: object): Promise<Pair[]> => {
    const counted: Pair[] = []
    for (let round = 0; round < PAIRS; round++) {
      const pair = { without: await run(script, load, targets.without), bound: await run(script, load, targets.bound) }
      const why = objection(pair.without) ?? objection(pair.bound)
      if (why === undefined) counted.push(pair)
      else notes.push(`not counted: ${why}`)
    }
    return counted
  }
  const [closed, open] = [await pairs('load.ts', CLOSED), await pairs('open-loop.ts', OPEN)]
  return {
    title: 'What plans, quotas, caps and limits cost',
    about:
      `${workload.name}, on one gateway: customers with nothing but a key and a wallet, and customers with a plan, two quotas, caps of ` +
      `key, team and organization, rates of requests and tokens, and concurrency besides: ${LEGS} accounts in each hold instead of one. ` +
      `${PAIRS} pairs in turns: ${CLOSED.connections} requests in flight for ${CLOSED.seconds} s, then ${OPEN.perSecond} requests/s for ` +
      `${OPEN.seconds} s. Medians; the ratio and what is added are medians of the pairs.`,
    table: [
      ['', 'requests/s', 'CPU µs/request', `p50 ms at ${OPEN.perSecond}/s`, `p99 ms at ${OPEN.perSecond}/s`],
      row('without', 'without', closed, open),
      row('with all of them', 'bound', closed, open),
    ],
    notes,
    goals: goals(closed, open),
  }
}

/** Throws unless a request of such a customer is held on every account: what is compared would not be what it says. */
function provenBound({ body }: Workload): (gateway: Gateway) => Promise<Customer> {
  return async (gateway) => {
    const customer = await boundCustomer(gateway)
    const { holds } = await gateway.explain(customer.key, JSON.parse(body) as Record<string, unknown>)
    if (holds.length !== LEGS) throw new Error(`a request of the bound customer is held on ${holds.length} accounts, not on ${LEGS}`)
    return customer
  }
}

function row(name: string, of: keyof Pair, closed: Pair[], open: Pair[]): string[] {
  const middle = (pairs: Pair[], figure: (run: Run) => number): number => median(pairs.map((pair) => figure(pair[of])))
  return [
    name,
    middle(closed, ({ perSecond }) => perSecond).toFixed(0),
    middle(closed, ({ cpuMicros }) => cpuMicros).toFixed(0),
    middle(open, ({ p50Ms }) => p50Ms).toFixed(2),
    middle(open, ({ p99Ms }) => p99Ms).toFixed(2),
  ]
}

function goals(closed: Pair[], open: Pair[]): Goal[] {
  const ratio = median(closed.map(({ without, bound }) => bound.perSecond / without.perSecond))
  const added = median(open.map(({ without, bound }) => bound.p50Ms - without.p50Ms))
  const both = (pairs: Pair[]): Run[] => pairs.flatMap(({ without, bound }) => [without, bound])
  const unclear = starved(both(closed)) || disturbed(both(closed))
  return [
    {
      what: 'requests/s with plan, quotas, caps and limits to those without',
      goal: `≥ ${LEAST_RATIO}`,
      measured: ratio.toFixed(2),
      reached: unclear ? undefined : ratio >= LEAST_RATIO,
    },
    {
      what: 'added by plan, quotas, caps and limits, p50',
      goal: `≤ ${MOST_ADDED_MS} ms`,
      measured: `${added.toFixed(2)} ms`,
      reached: disturbed(both(open)) ? undefined : added <= MOST_ADDED_MS,
    },
  ]
}
