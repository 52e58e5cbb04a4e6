import { startGateway } from '../tests/support/gateway.ts'
import type { Gateway, GatewayOptions } from '../tests/support/gateway.ts'
import { atEnd, onCore, startScript } from './processes.ts'
import type { Script } from './processes.ts'
import { assertPaid, durable, payingCustomer } from './proof.ts'
import { PRICE } from './workloads.ts'

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

/** A gateway on core 0 that serves the model `bench` from the upstream, and ends with the bench. */
export async function startBenchGateway(upstream: Script, options: GatewayOptions = {}): Promise<Gateway> {
  const config = {
    providers: [{ name: 'bench', kind: 'openai-compatible', baseUrl: `http://127.0.0.1:${upstream.port}/v1`, apiKey: 'none' }],
    models: { bench: { deployments: [{ provider: 'bench', model: 'bench' }], price: PRICE, maxOutput: 1_000_000 } },
  }
  const gateway = await startGateway({ ...options, config, wrap: onCore(0) })
  atEnd(() => gateway.stop())
  return gateway
}

/** The gateway: every run is for a customer of its own, with a wallet and a capped key, and proved paid to the last request. */
export function gatewayTarget(gateway: Gateway): Target {
  return {
    name: 'gateway',
    pid: gateway.pid,
    port: Number(new URL(gateway.url).port),
    open: async () => {
      const customer = await payingCustomer(gateway)
      const before = await durable(gateway)
      return {
        headers: { authorization: `Bearer ${customer.key}` },
        prove: (requests) => assertPaid(gateway, customer, requests, before),
      }
    },
  }
}
