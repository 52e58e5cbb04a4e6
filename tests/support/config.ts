import type { Price } from './auditor.ts'
import type { Upstream } from './upstream.ts'

export interface TestModel {
  price?: Partial<Price>
  /** The upstream's name of the model; absent: the same. */
  upstreamModel?: string
  [member: string]: unknown
}

const PLAIN_PRICE: Price = { input: '1', output: '2' }

/** A configuration with one fake upstream and models that are deployed there under their own names. */
export function configuration(
  upstream: Upstream,
  models: Record<string, TestModel>,
  more: Record<string, unknown> = {},
): Record<string, unknown> {
  const entries = Object.entries(models).map(([name, { upstreamModel, price, ...members }]) => [
    name,
    { deployments: [{ provider: 'fake', model: upstreamModel ?? name }], price: price ?? PLAIN_PRICE, ...members },
  ])
  return {
    providers: [{ name: 'fake', kind: 'openai-compatible', baseUrl: upstream.url, apiKey: 'sk-upstream-test' }],
    models: Object.fromEntries(entries) as Record<string, unknown>,
    ...more,
  }
}

/** A user's message of some length. */
export function say(text = 'Hello!'): { role: string; content: string }[] {
  return [{ role: 'user', content: text }]
}
