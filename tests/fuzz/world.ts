import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { INSPECTED } from '../support/heap.ts'
import { PRICE } from './dues.ts'
import { MODEL_OF } from './inputs.ts'
import type { Kind, Sender } from './inputs.ts'
import { FuzzUpstream } from './upstream.ts'

export type CallKind = Exclude<Kind, 'management'>

export const CALL_KINDS = Object.keys(MODEL_OF) as CallKind[]

/** Connections that send at the same time. */
const LANES = 32

/** A gateway to fuzz: each kind of input has a customer of its own, each lane a key and a model of its own for each. */
export interface FuzzWorld {
  upstream: FuzzUpstream
  gateway: Gateway
  customers: Record<CallKind, Customer>
  senders: Sender[]
}

/** `databaseUrl`: a PostgreSQL to keep everything in; absent: SQLite. */
export async function startFuzzWorld(databaseUrl?: string): Promise<FuzzWorld> {
  const upstream = await new FuzzUpstream().listen()
  const gateway = await startGateway({
    config: configurationOf(upstream),
    env: INSPECTED,
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
  })
  const customers = {
    body: await gateway.customer('100000'),
    answer: await gateway.customer('100000'),
    head: await gateway.customer('100000'),
  }
  const strangers = await gateway.customer('1000')
  const ids = [
    strangers.organization,
    strangers.application,
    strangers.keyId,
    'req_01M82EYZSSCGMDJ7EPBDH1DD4X',
    'dn_01M82EYZSSCGMDJ7EPBDH1DD4X',
    'fuzz',
  ]
  const senders: Sender[] = []
  for (let lane = 0; lane < LANES; lane++) {
    const keyFor = async (kind: CallKind): Promise<string> =>
      (await gateway.api.key(customers[kind].application, { models: [`${MODEL_OF[kind]}-${lane}`] })).key
    senders.push({
      lane,
      keys: { body: await keyFor('body'), answer: await keyFor('answer'), head: await keyFor('head') },
      token: gateway.token,
      ids,
    })
  }
  return { upstream, gateway, customers, senders }
}

export async function stopFuzzWorld(world: FuzzWorld | undefined): Promise<void> {
  await world?.gateway.stop()
  await world?.upstream.close()
}

function configurationOf(upstream: FuzzUpstream): Record<string, unknown> {
  const lanes = Array.from({ length: LANES }, (_, lane) => lane)
  const names = Object.values(MODEL_OF).flatMap((name) => lanes.map((lane) => `${name}-${lane}`))
  return {
    providers: [{ name: 'fuzz', kind: 'openai-compatible', baseUrl: upstream.url, apiKey: 'sk-fuzz-provider-key' }],
    models: Object.fromEntries(
      names.map((name) => [name, { deployments: [{ provider: 'fuzz', model: name }], price: PRICE, maxOutput: 64, sliceTokens: 8 }]),
    ),
    limits: { firstByteMs: 4_000, silenceMs: 4_000, keepAliveMs: 1_000 },
    log: { level: 'warn' },
  }
}
