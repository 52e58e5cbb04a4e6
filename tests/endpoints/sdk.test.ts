import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { BadRequestError, NotFoundError, toFile } from 'openai'
import type { APIError } from 'openai'
import { nano } from '../support/decimal.ts'
import { assertSettled } from '../support/api.ts'
import { clientsOf, startWorld, stopWorld, VECTORS } from './world.ts'
import type { World } from './world.ts'

const TEXTS = ['one', 'two words']

/** Two vectors of five numbers, not the same. */
function assertVectors(vectors: (number[] | undefined)[] | undefined): void {
  assert.equal(vectors?.length, 2)
  for (const vector of vectors) assert.ok(vector?.length === 5 && vector.every(Number.isFinite), JSON.stringify(vector))
  assert.notDeepEqual(vectors[0], vectors[1])
}

describe('official clients call what is beside conversations', () => {
  let world: World
  let clients: ReturnType<typeof clientsOf>

  before(async () => {
    world = await startWorld()
    clients = clientsOf(world)
  })
  after(() => stopWorld(world))

  for (const [vendor, model] of Object.entries(VECTORS)) {
    // This client asks for base64 by itself, and undoes it.
    test(`openai: vectors of ${vendor}`, async () => {
      const { data, usage } = await clients.openai.embeddings.create({ model, input: TEXTS })
      assertVectors(data.map(({ embedding }) => embedding))
      assert.ok(usage.prompt_tokens > 0)
    })

    test(`cohere-ai: vectors of ${vendor}`, async () => {
      const { embeddings } = await clients.cohere.embed({ model, texts: TEXTS, inputType: 'search_document', embeddingTypes: ['float'] })
      assertVectors(embeddings.float)
    })

    test(`@google/genai: vectors of ${vendor}`, async () => {
      const { embeddings } = await clients.google.models.embedContent({ model, contents: TEXTS })
      assertVectors(embeddings?.map(({ values }) => values))
    })

    test(`ollama: vectors of ${vendor}`, async () => {
      const { embeddings } = await clients.ollama.embed({ model, input: TEXTS })
      assertVectors(embeddings)
      const older = await clients.ollama.embeddings({ model, prompt: 'one' })
      assert.equal(older.embedding.length, 5)
    })
  }

  test('cohere-ai: a ranking', async () => {
    const { results } = await clients.cohere.rerank({ model: 'rerank-v3.5', query: 'q', documents: ['a', 'b', 'c'], topN: 2 })
    assert.deepEqual(
      results.map(({ index }) => index),
      [0, 1],
    )
  })

  test('openai: a moderation, of the model that is meant where none is named', async () => {
    const { results } = await clients.openai.moderations.create({ input: 'hello' })
    assert.equal(results[0]?.flagged, false)
  })

  test('openai: images, made and edited', async () => {
    const made = await clients.openai.images.generate({
      model: 'gpt-image-1',
      prompt: 'an otter',
      n: 2,
      size: '1024x1024',
      quality: 'medium',
    })
    assert.equal(made.data?.length, 2)
    const image = await toFile(Buffer.from(made.data?.[0]?.b64_json ?? '', 'base64'), 'otter.png', { type: 'image/png' })
    const edited = await clients.openai.images.edit({ model: 'gpt-image-1', prompt: 'a hat', image: [image, image] })
    assert.equal(edited.data?.length, 1)
    const old = await clients.openai.images.generate({ model: 'dall-e-3', prompt: 'an otter' })
    assert.equal(old.data?.length, 1)
  })

  test('openai: speech, and what was said', async () => {
    const speech = await clients.openai.audio.speech.create({ model: 'tts-1', input: 'A recording that is played.', voice: 'alloy' })
    const audio = Buffer.from(await speech.arrayBuffer())
    assert.equal(audio.length, 16 * 417)
    const file = await toFile(audio, 'speech.mp3')
    const { text } = await clients.openai.audio.transcriptions.create({ model: 'whisper-1', file })
    assert.equal(text, 'A recording that is played.')
    const vtt = await clients.openai.audio.transcriptions.create({ model: 'whisper-1', file, response_format: 'vtt' })
    assert.match(vtt, /^WEBVTT/)
    const english = await clients.openai.audio.translations.create({ model: 'whisper-1', file })
    assert.equal(english.text, 'A recording that is played.')
  })

  test('@anthropic-ai/sdk and @google/genai: tokens are counted behind any vendor, for nothing', async () => {
    const untouched = await world.gateway.api.balance(world.customer.organization)
    for (const model of ['claude-sonnet-4-5', 'gpt-4.1', 'gemini-embedding-001']) {
      const { input_tokens: tokens } = await clients.anthropic.messages.countTokens({
        model,
        messages: [{ role: 'user', content: 'one two three' }],
      })
      assert.ok(tokens > 0, model)
      const { totalTokens } = await clients.google.models.countTokens({ model, contents: 'one two three' })
      assert.ok((totalTokens ?? 0) > 0, model)
    }
    assert.deepEqual(await world.gateway.api.balance(world.customer.organization), untouched)
  })

  test('every client lists the models, and describes one', async () => {
    const { openai, anthropic, google, cohere, ollama } = clients
    const all = (await openai.models.list()).data.map(({ id }) => id)
    assert.equal(all.length, 12)
    const claude: string[] = []
    for await (const { id } of anthropic.models.list({ limit: 5 })) claude.push(id)
    assert.deepEqual(claude, all)
    const gemini: string[] = []
    for await (const { name } of await google.models.list({ config: { pageSize: 5 } })) gemini.push(String(name).replace('models/', ''))
    assert.deepEqual(gemini, all)
    assert.deepEqual(
      (await cohere.models.list()).models.map(({ name }) => name),
      all,
    )
    assert.deepEqual(
      (await ollama.list()).models.map(({ name }) => name),
      all.map((name) => (name.includes(':') ? name : `${name}:latest`)),
    )
    assert.equal((await openai.models.retrieve('tts-1')).id, 'tts-1')
    assert.equal((await anthropic.models.retrieve('tts-1')).id, 'tts-1')
    assert.equal((await google.models.get({ model: 'tts-1' })).name, 'models/tts-1')
    for (const model of ['nomic-embed-text', 'nomic-embed-text:latest'])
      assert.deepEqual((await ollama.show({ model })).capabilities, ['embedding'])
  })

  test('E1: a refusal raises the class that each client has for it', async () => {
    await assert.rejects(clients.openai.embeddings.create({ model: 'nobody', input: 'x' }), NotFoundError)
    await assert.rejects(clients.openai.embeddings.create({ model: 'gpt-image-1', input: [1, 2, 3], dimensions: 0 }), BadRequestError)
    const poor = await world.gateway.customer('0.000000001')
    const openai = clients.openai.withOptions({ apiKey: poor.key })
    await assert.rejects(openai.images.generate({ model: 'dall-e-3', prompt: 'an otter' }), (error: APIError) => {
      assert.deepEqual([error.status, error.code], [402, 'insufficient_quota'])
      return true
    })
    await assert.rejects(clients.cohere.rerank({ model: 'nobody', query: 'q', documents: ['a'] }), { statusCode: 404 })
    await assert.rejects(clients.google.models.embedContent({ model: 'nobody', contents: 'x' }), { status: 404 })
    await assert.rejects(clients.ollama.embed({ model: 'nobody', input: 'x' }), { status_code: 404 })
  })

  test('what all of it cost is what the records say, and the books are in order', async () => {
    const { api } = world.gateway
    const { organization } = world.customer
    const balance = await assertSettled(api, organization)
    const records = await api.records({ organization })
    const served = records.filter(({ outcome }) => outcome === 'served')
    const sum = served.reduce((total, { cost }) => total + nano(cost), 0n)
    assert.equal(nano(balance.posted), sum)
    const cost = (path: string, model: string): bigint =>
      served.filter((record) => record.path === path && record.model === model).reduce((total, record) => total + nano(record.cost), 0n)
    assert.equal(cost('/v2/rerank', 'rerank-v3.5'), 2_000_000n)
    assert.equal(cost('/v1/images/generations', 'dall-e-3'), 40_000_000n)
    assert.equal(cost('/v1/images/generations', 'gpt-image-1'), 16n * 5_000n + 1_056n * 40_000n)
    assert.equal(cost('/v1/audio/speech', 'tts-1'), 27n * 15_000n)
    assert.equal(cost('/v1/audio/translations', 'whisper-1'), 3n * 100_000n)
    for (const { path, flags, cost: free } of served) {
      if (/count/i.test(String(path))) assert.deepEqual([flags, nano(free)], [['free'], 0n])
    }
  })
})
