import type { Upstream } from '../../support/upstream.ts'
import { BODY } from './body.ts'
import { CONNECT } from './connect.ts'
import { CUTS } from './cuts.ts'
import type { Fault, Listener } from './fault.ts'
import { FORMS } from './forms.ts'
import { ENCODED, FRAMING } from './framing.ts'
import { HEAD } from './head.ts'
import { LARGE } from './large.ts'
import { STATUS } from './status.ts'
import { ENDS, ERRORS } from './stream.ts'
import { TIMING } from './timing.ts'
import { USAGES } from './usage.ts'

/** Every way in which an upstream misbehaves, each chosen by its name as the model's. */
export const CATALOGUE: readonly Fault[] = [
  ...CONNECT,
  ...HEAD,
  ...STATUS,
  ...BODY,
  ...FRAMING,
  ...ENCODED,
  ...LARGE,
  ...CUTS,
  ...ERRORS,
  ...ENDS,
  ...FORMS,
  ...USAGES,
  ...TIMING,
]

export interface Faulty {
  /** A configuration with a model for each fault added, and a provider for each that has a port of its own. */
  configure(configuration: Record<string, unknown>, model: Record<string, unknown>): Record<string, unknown>
  close(): Promise<void>
}

/** The same fault under another name: what a fault has parked is not met a second time. */
export function again(name: string): string {
  return `${name}-again`
}

/** Teaches an upstream faults, and opens the ports that some of them need. */
export async function play(upstream: Upstream, faults: readonly Fault[]): Promise<Faulty> {
  const listeners = new Map<string, Listener>()
  for (const { name, upstream: does } of faults) {
    if (typeof does === 'function') for (const known of [name, again(name)]) upstream.on(known, does)
    else listeners.set(name, await does.listen())
  }
  const providers = [...listeners].map(([name, { url }]) => ({ name, kind: 'openai-compatible', baseUrl: url, apiKey: 'sk-upstream-test' }))
  const deploymentOf = (name: string, model = name) => ({ provider: listeners.has(name) ? name : 'fake', model })
  const modelsOf = (name: string, model: object): [string, object][] => [
    [name, { ...model, deployments: [deploymentOf(name)] }],
    [again(name), { ...model, deployments: [deploymentOf(name, again(name))] }],
  ]
  return {
    configure: (configuration, model) => ({
      ...configuration,
      providers: [...(configuration['providers'] as unknown[]), ...providers],
      models: {
        ...(configuration['models'] as object),
        ...Object.fromEntries(faults.flatMap(({ name }) => modelsOf(name, model))),
      },
    }),
    close: async () => void (await Promise.all([...listeners.values()].map((listener) => listener.close()))),
  }
}
