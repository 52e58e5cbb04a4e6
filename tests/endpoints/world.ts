import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import { CohereClientV2 } from 'cohere-ai'
import { Ollama } from 'ollama'
import OpenAI from 'openai'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { startReplay } from '../replay/server.ts'
import type { Replay } from '../replay/server.ts'

/** Models that make vectors, one a vendor, each of which counts or is counted in another way. */
export const VECTORS = {
  openai: 'text-embedding-3-small',
  cohere: 'embed-v4.0',
  google: 'gemini-embedding-001',
  ollama: 'nomic-embed-text',
}

/** Prices of which each model has its own, as an operator would write them. */
const PRICES: Record<string, Record<string, string>> = {
  'text-embedding-3-small': { input: '0.02' },
  'embed-v4.0': { input: '0.12' },
  'gemini-embedding-001': { input: '0.15' },
  'nomic-embed-text': { input: '0.01' },
  'rerank-v3.5': { search: '2000' },
  'omni-moderation-latest': { input: '0' },
  'gpt-image-1': { input: '5', output: '40', imageIn: '10' },
  'dall-e-3': { image: '40000' },
  'tts-1': { character: '15' },
  'whisper-1': { second: '100' },
  'claude-sonnet-4-5': { input: '3', output: '15' },
  'gpt-4.1': { input: '2', output: '8' },
}

/** Who serves what is not served by OpenAI. */
const ELSEWHERE: Record<string, string> = {
  'embed-v4.0': 'cohere',
  'rerank-v3.5': 'cohere',
  'gemini-embedding-001': 'google',
  'nomic-embed-text': 'ollama',
  'claude-sonnet-4-5': 'anthropic',
}

/** A gateway between official clients and played vendors. */
export interface World {
  gateway: Gateway
  replay: Replay
  customer: Customer
}

export async function startWorld(): Promise<World> {
  const replay = await startReplay({ vendor: 'openai' })
  const { origins } = replay
  const bases = {
    openai: `${origins.openai}/v1`,
    cohere: origins.cohere,
    google: `${origins.gemini}/v1beta`,
    ollama: replay.url,
    anthropic: `${origins.anthropic}/v1`,
  }
  const providers = Object.entries(bases).map(([kind, baseUrl]) => ({ name: kind, kind, baseUrl, apiKey: `sk-${kind}-test` }))
  const models = Object.fromEntries(
    Object.entries(PRICES).map(([model, price]) => [model, { deployments: [{ provider: ELSEWHERE[model] ?? 'openai', model }], price }]),
  )
  const gateway = await startGateway({ config: { providers, models } })
  return { replay, gateway, customer: await gateway.customer('100.00') }
}

export async function stopWorld(world: World | undefined): Promise<void> {
  await world?.gateway.stop()
  await world?.replay.close()
}

/** Official clients, given nothing but where the gateway is, and a key. */
export function clientsOf({ gateway: { url }, customer: { key } }: World): {
  openai: OpenAI
  anthropic: Anthropic
  google: GoogleGenAI
  cohere: CohereClientV2
  ollama: Ollama
} {
  return {
    openai: new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 }),
    anthropic: new Anthropic({ baseURL: url, apiKey: key, maxRetries: 0 }),
    google: new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: url } }),
    cohere: new CohereClientV2({ baseUrl: url, token: key, maxRetries: 0 }),
    ollama: new Ollama({ host: `${url}/ollama`, headers: { authorization: `Bearer ${key}` } }),
  }
}
