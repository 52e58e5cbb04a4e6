import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { createGoogle } from '@ai-sdk/google'
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { OpenAIEmbeddings } from '@langchain/openai'
import { Mistral } from '@mistralai/mistralai'
import { embedMany } from 'ai'
import type { EmbeddingModel } from 'ai'
import type { RawAnswer } from '../replay/plan.ts'
import { nano } from '../support/decimal.ts'
import type { Access } from './clients/client.ts'
import { posted } from './cost.ts'
import { accessOf, PRICE, startWorld, stopWorld } from './world.ts'
import type { PlaceName, World } from './world.ts'

/** The official clients themselves are in `tests/endpoints`; these are built upon them, or are Mistral's. */
interface Embedder {
  name: string
  embed(access: Access, model: string, texts: string[]): Promise<{ vectors: (number[] | undefined)[]; tokens?: number }>
  cannot?(place: PlaceName): RegExp | undefined
  /** What its own vendor answers, where it is not played to the last member. */
  answered?: { place: PlaceName; answer: RawAnswer }
}

const MODELS = {
  'text-embedding-3-small': { provider: 'openai', model: 'text-embedding-3-small' },
  'gemini-embedding-001': { provider: 'gemini', model: 'gemini-embedding-001' },
  'mistral-embed': { provider: 'mistral', model: 'mistral-embed' },
  'embed-v4.0': { provider: 'cohere', model: 'embed-v4.0' },
  'nomic-embed-text': { provider: 'ollama', model: 'nomic-embed-text' },
} as const

const langchain: Embedder = {
  name: '@langchain/openai',
  async embed({ url, key }, model, texts) {
    const embeddings = new OpenAIEmbeddings({ model, apiKey: key, configuration: { baseURL: `${url}/v1` }, maxRetries: 0 })
    return { vectors: await embeddings.embedDocuments(texts) }
  },
}

const mistral: Embedder = {
  name: '@mistralai/mistralai',
  async embed({ url, key }, model, inputs) {
    const { data, usage } = await new Mistral({ serverURL: url, apiKey: key }).embeddings.create({ model, inputs })
    return { vectors: data.map(({ embedding }) => embedding), tokens: usage.promptTokens ?? 0 }
  },
  // It insists on an id, which OpenAI's vectors have none of.
  answered: {
    place: 'mistral',
    answer: {
      body: {
        id: 'embd-aad6fc62b17349b192ef09225058bc45',
        object: 'list',
        model: 'mistral-embed',
        data: [1, 2].map((index) => ({ object: 'embedding', index: index - 1, embedding: [index, 0, 0, 0, 0] })),
        usage: { prompt_tokens: 5, total_tokens: 5, completion_tokens: 0 },
      },
    },
  },
  cannot: (place) => (place === 'mistral' ? undefined : /Response validation failed/),
}

type Maker = (access: Access, model: string) => EmbeddingModel

const MAKERS: Record<string, Maker> = {
  '@ai-sdk/openai': ({ url, key }, model) => createOpenAI({ baseURL: `${url}/v1`, apiKey: key }).embedding(model),
  '@ai-sdk/google': ({ url, key }, model) => createGoogle({ baseURL: `${url}/v1beta`, apiKey: key }).embedding(model),
  '@ai-sdk/openai-compatible': ({ url, key }, model) =>
    createOpenAICompatible({ name: 'gateway', baseURL: `${url}/v1`, apiKey: key }).embeddingModel(model),
}

const aiSdk: Embedder[] = Object.entries(MAKERS).map(([name, make]) => ({
  name: `ai with ${name}: embedMany`,
  async embed(access, model, values) {
    const { embeddings, usage } = await embedMany({ model: make(access, model), values, maxRetries: 0 })
    return { vectors: embeddings, ...(Number.isNaN(usage.tokens) ? {} : { tokens: usage.tokens }) }
  },
}))

describe('clients that build upon others make vectors', () => {
  let world: World

  before(async () => {
    world = await startWorld(MODELS)
  })
  beforeEach(() => world.replay.reset())
  after(() => stopWorld(world))

  async function embeds({ embed, answered }: Embedder, place: PlaceName, model: string): Promise<void> {
    const customer = await world.gateway.customer('5.00')
    if (answered?.place === place) world.replay.next({ answer: answered.answer })
    const { vectors, tokens } = await embed(accessOf(world, customer), model, ['one', 'two words'])
    assert.equal(vectors.length, 2)
    for (const vector of vectors) assert.ok(vector?.length === 5 && vector.every(Number.isFinite), JSON.stringify(vector))
    const charged = await posted(world.gateway.api, customer.organization)
    assert.ok(charged > 0n)
    if (tokens !== undefined) assert.equal(charged, (BigInt(tokens) * nano(PRICE.input) + 999_999n) / 1_000_000n)
  }

  for (const embedder of [langchain, mistral, ...aiSdk]) {
    for (const [model, { provider }] of Object.entries(MODELS)) {
      const name = `${embedder.name} at ${provider}: U1: vectors, their usage, and their price`
      const why = embedder.cannot?.(provider)
      if (why === undefined) test(name, () => embeds(embedder, provider, model))
      else test(`${name}: not with this client, for ${why}`, () => assert.rejects(embeds(embedder, provider, model), why))
    }
  }
})
