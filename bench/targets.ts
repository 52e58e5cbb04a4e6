import { startGateway } from '../tests/support/gateway.ts'
import type { Customer, Gateway, GatewayOptions } from '../tests/support/gateway.ts'
import { payingCustomer } from './customers.ts'
import { SPOKEN_NAMES } from './dialects/index.ts'
import type { SpokenName } from './dialects/index.ts'
import { atEnd, onCore, startScript } from './processes.ts'
import type { Script } from './processes.ts'
import { assertPaid, durable } from './proof.ts'
import { modelOf, PRICE } from './workloads.ts'

/** Something that stands between load and upstream, a process on core 0. */
export interface Target {
  name: string
  pid: number
  port: number
  open(): Promise<Session>
}

/** One run on a target. */
export interface Session {
  headers: Record<string, string>
  /** Where the upstream of a model speaks otherwise, the answer is the target's own. */
  translates?: true
  /** Throws unless that many requests were done as they have to be. */
  prove(requests: number): Promise<void>
}

const NOTHING_TO_PROVE: Session = { headers: {}, prove: () => Promise.resolve() }

/** A target that only passes on. */
export function passingTarget(name: string, script: Script, headers: Record<string, string> = {}): Target {
  return { name, ...script, open: () => Promise.resolve({ ...NOTHING_TO_PROVE, headers }) }
}

/** The upstream itself, without anything between. */
export function direct(upstream: Script): Target {
  return passingTarget('direct', upstream)
}

/** The proxy of control.ts; with `--bare` it parses nothing. */
export async function startControl(upstream: Script, name = 'control', flags: string[] = []): Promise<Target> {
  return passingTarget(name, await startScript('control.ts', [String(upstream.port), ...flags], 0))
}

/** Which vendor speaks a wire format, and under which path of its host. */
const VENDORS: Record<SpokenName, { kind: string; base: string }> = {
  'openai-chat': { kind: 'openai-compatible', base: '/v1' },
  'openai-responses': { kind: 'openai', base: '/v1' },
  anthropic: { kind: 'anthropic', base: '/v1' },
  gemini: { kind: 'google', base: '/v1beta' },
  cohere: { kind: 'cohere', base: '' },
  ollama: { kind: 'ollama', base: '' },
}

/** A gateway on core 0 that serves from the upstream a model of every wire format, and ends with the bench. */
export async function startBenchGateway(upstream: Script, options: GatewayOptions = {}): Promise<Gateway> {
  const all = SPOKEN_NAMES.map((name) => ({ name: modelOf(name), ...VENDORS[name] }))
  const config = {
    providers: all.map(({ name, kind, base }) => ({ name, kind, baseUrl: `http://127.0.0.1:${upstream.port}${base}`, apiKey: 'none' })),
    models: Object.fromEntries(
      all.map(({ name }) => [name, { deployments: [{ provider: name, model: name }], price: PRICE, maxOutput: 1_000_000 }]),
    ),
  }
  const gateway = await startGateway({ ...options, config, wrap: onCore(0) })
  atEnd(() => gateway.stop())
  return gateway
}

/** The gateway: every run is for a customer of its own, and proved paid to the last request. */
export function gatewayTarget(gateway: Gateway, customerOf: (gateway: Gateway) => Promise<Customer> = payingCustomer): Target {
  return {
    name: 'gateway',
    pid: gateway.pid,
    port: Number(new URL(gateway.url).port),
    open: async () => {
      const customer = await customerOf(gateway)
      const before = await durable(gateway)
      return {
        headers: { authorization: `Bearer ${customer.key}` },
        translates: true,
        prove: (requests) => assertPaid(gateway, customer, requests, before),
      }
    },
  }
}
