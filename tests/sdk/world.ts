import assert from 'node:assert/strict'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { startReplay } from '../replay/server.ts'
import type { Replay } from '../replay/server.ts'
import type { LogEntry, Vendor } from '../replay/types.ts'
import type { Access } from './clients/client.ts'

/** One vendor as an operator connects it, with a model of its own that the gateway offers under the same name. */
export interface Place {
  vendor: Vendor
  /** The kind of the provider entry. */
  kind: string
  model: string
  /** What follows the origin in the provider's base URL. */
  base: string
  /** Its paths are told from each other without the vendor's name before them; `/v1/…` is then judged as OpenAI would. */
  atRoot?: true
  key?: string
}

/** Where the clients' requests end up: one model a vendor. Dialects: OpenAI's chat five times, and six others. */
export const PLACES = {
  openai: { vendor: 'openai', kind: 'openai', model: 'gpt-4.1', base: '/v1' },
  anthropic: { vendor: 'anthropic', kind: 'anthropic', model: 'claude-sonnet-4-5', base: '/v1' },
  gemini: { vendor: 'gemini', kind: 'google', model: 'gemini-3-pro-preview', base: '/v1beta' },
  mistral: { vendor: 'mistral', kind: 'mistral', model: 'mistral-medium-latest', base: '/v1' },
  cohere: { vendor: 'cohere', kind: 'cohere', model: 'command-a-03-2025', base: '' },
  ollama: { vendor: 'ollama', kind: 'ollama', model: 'qwen3', base: '', atRoot: true },
  deepseek: { vendor: 'deepseek', kind: 'deepseek', model: 'deepseek-chat', base: '/v1' },
  bedrock: { vendor: 'bedrock', kind: 'bedrock', model: 'amazon.nova-pro-v1:0', base: '', key: 'bedrock-api-key-played' },
} as const satisfies Record<string, Place>

export type PlaceName = keyof typeof PLACES

/** Vendors that tell how much of the input came from a cache; at the others it is all new. */
export const TELLS_CACHE: ReadonlySet<PlaceName> = new Set<PlaceName>(['openai', 'anthropic', 'gemini', 'deepseek', 'bedrock'])

export const PLACE_NAMES = Object.keys(PLACES) as PlaceName[]

/** Decimal strings per million tokens, each a price of its own. */
export const PRICE = { input: '1.25', output: '10', cacheRead: '0.125', cacheWrite: '1.5' }

/** A gateway between the clients and every vendor. */
export interface World {
  gateway: Gateway
  replay: Replay
}

/** `more`: models besides those of {@link PLACES}, by name. */
export async function startWorld(more: Record<string, { provider: PlaceName; model: string }> = {}): Promise<World> {
  const replay = await startReplay({ vendor: 'compatible' })
  const providers = Object.entries(PLACES).map(([name, place]: [string, Place]) => ({
    name,
    kind: place.kind,
    baseUrl: (place.atRoot === true ? replay.url : replay.origins[place.vendor]) + place.base,
    apiKey: place.key ?? `sk-${name}-test`,
  }))
  const deployments = Object.entries(PLACES).map(([provider, { model }]) => [model, { provider, model }] as const)
  const models = [...deployments, ...Object.entries(more)].map(([name, deployment]) => [
    name,
    { deployments: [deployment], price: PRICE, maxOutput: 32_000 },
  ])
  const config = { providers, models: Object.fromEntries(models) as Record<string, unknown> }
  return { replay, gateway: await startGateway({ config }) }
}

export async function stopWorld(world: World | undefined): Promise<void> {
  await stopVerified(world?.gateway)
  await world?.replay.close()
}

/** Whatever the tests did, the ledger adds up. */
export async function stopVerified(gateway: Gateway | undefined): Promise<void> {
  try {
    assert.deepEqual((await gateway?.api.verify())?.violations ?? [], [])
  } finally {
    await gateway?.stop()
  }
}

export function accessOf(world: World, customer: Customer): Access {
  return { url: world.gateway.url, key: customer.key }
}

/** The last call that a vendor got. */
export function lastCall(replay: Replay): LogEntry {
  const entry = replay.requests.at(-1)
  if (entry === undefined) throw new Error('no vendor was called')
  return entry
}
