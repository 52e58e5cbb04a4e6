import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeCount, encodeCount, readCountTokens } from '../../src/gemini/count-tokens.ts'
import type { Embedding } from '../../src/canonical/embedding.ts'
import { decodeVectors, encodeEmbed, encodeVectors, readVectors } from '../../src/gemini/embed-answer.ts'
import { readEmbed, type EmbedRequest } from '../../src/gemini/embed.ts'
import { modelOf, modelsPage } from '../../src/gemini/models-list.ts'
import { callOf, conversationOf, placeless } from './support.ts'

const ONE = '/v1beta/models/gemini-embedding-001:embedContent'
const BATCH = '/v1beta/models/gemini-embedding-001:batchEmbedContents'
const COUNT = '/v1beta/models/gemini-2.5-flash:countTokens'

function embed(body: unknown, path: string): EmbedRequest {
  const result = readEmbed(callOf(body, path))
  assert.ok(result.ok, JSON.stringify(result))
  return result.request
}

function content(text: string): object {
  return { parts: [{ text }] }
}

function embeddingIn(request: EmbedRequest): Embedding {
  const decoded = request.decodeEmbedding()
  assert.ok(decoded.ok, JSON.stringify(decoded))
  return placeless(decoded.embedding)
}

function input(text: string): Embedding['inputs'][number] {
  return { parts: [{ type: 'text', text, at: '' }], at: '' }
}

test('U12: embeddings generate nothing, and what goes in is bounded', () => {
  const request = embed({ content: content('x'.repeat(500)), taskType: 'RETRIEVAL_QUERY', output_dimensionality: 8 }, ONE)
  const { dialect, model, n, outputLimit, stream, canCause } = request
  assert.deepEqual(
    [dialect, model, n, outputLimit, stream, canCause.hiddenOutput],
    ['gemini-embed', 'gemini-embedding-001', 0, null, false, false],
  )
  assert.ok(request.inputBound >= 500 && request.inputBound < 1_000)
  assert.deepEqual(embeddingIn(request), { inputs: [input('x'.repeat(500))], dimensions: 8, inputType: 'query' })
  assert.equal(request.decode().ok, false)
})

test('a batch is read in its order, and goes to another model byte for byte but for its names', () => {
  const body =
    '{"requests": [ {"model":"models/fast","content":{"parts":[{"text":"a {\\"model\\": 1}"}]}} , {"content":{"parts":[{"text":"b"}]}, "model" : "models/fast"} ] }'
  const request = embed(body, BATCH)
  assert.equal(request.dialect, 'gemini-batch-embed')
  assert.deepEqual(embeddingIn(request), { inputs: [input('a {"model": 1}'), input('b')] })
  const renamed = body.replaceAll('models/fast', 'models/gemini-embedding-001')
  assert.equal(request.upstreamBody({ model: 'gemini-embedding-001', injectUsage: false }).toString(), renamed)
  assert.equal(request.upstreamBody({ model: 'fast', injectUsage: false }), request.body)
  const one = embed('{"model":"models/fast","content":{"parts":[]}}', ONE)
  assert.equal(one.upstreamBody({ model: 'e', injectUsage: false }).toString(), '{"model":"models/e","content":{"parts":[]}}')
})

test('what is wrong with a call for embeddings is named by its pointer', () => {
  const wrong: [body: object, path: string, pointer: string][] = [
    [{}, ONE, '/content'],
    [{ content: 'x' }, ONE, '/content'],
    [{ requests: [] }, BATCH, '/requests'],
    [{ requests: [{ content: content('a') }, { content: { parts: 'x' } }] }, BATCH, '/requests/1/content/parts'],
  ]
  for (const [body, path, pointer] of wrong) {
    const result = readEmbed(callOf(body, path))
    assert.equal(result.ok || result.pointer, pointer)
  }
  const sound = embed({ content: { parts: [{ text: 'a' }, { inlineData: { mimeType: 'audio/wav', data: '' } }] } }, ONE).decodeEmbedding()
  assert.equal(sound.ok || sound.pointer, '/content/parts/1')
  const mixed = embed({ requests: [{ content: content('a') }, { content: content('b'), taskType: 'CLUSTERING' }] }, BATCH).decodeEmbedding()
  assert.equal(mixed.ok || mixed.pointer, '/requests/1')
})

test('embeddings, there and back: what is asked for, vectors, and usage where it is told', () => {
  const image: Embedding['inputs'][number] = {
    parts: [{ type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AA' }, at: '' }],
    at: '',
  }
  const asked: Embedding = { inputs: [input('a'), image], dimensions: 2, inputType: 'clustering' }
  const { body, unsupported } = encodeEmbed(asked, 'gemini-embedding-001')
  assert.deepEqual([embeddingIn(embed(body.toString(), BATCH)), unsupported], [asked, []])
  const float = [
    [0.5, -1],
    [1, 2],
  ]
  const told = { vectors: { float }, usage: { ok: true as const, buckets: { input: 7 } } }
  assert.deepEqual(decodeVectors(encodeVectors(told, true, { input: 7 })), told)
  const single = Buffer.from('{"embedding":{"values":[1,2]}}')
  assert.deepEqual(decodeVectors(single), { vectors: { float: [[1, 2]] }, usage: { ok: false, reason: 'missing' } })
  assert.deepEqual(readVectors(single)?.hasOutput, false)
  const base64 = [Buffer.from(Float32Array.from([1, 2]).buffer).toString('base64')]
  assert.deepEqual(encodeVectors({ vectors: { base64 }, usage: told.usage }, false, {}), single)
  for (const text of ['{"error":{}}', '{"embedding":{"values":["a"]}}', '[]', '']) assert.equal(decodeVectors(Buffer.from(text)), undefined)
})

test('what Google cannot make of embeddings is named: other forms, other cuts, images by http', () => {
  const image: Embedding['inputs'][number] = {
    parts: [{ type: 'image', source: { kind: 'url', url: 'http://x.example/a' }, at: '/image' }],
    at: '',
  }
  const { unsupported } = encodeEmbed({ inputs: [image], formats: ['float', 'int8'], truncate: 'start' }, 'm')
  assert.deepEqual(
    unsupported.map(({ at }) => at),
    ['/formats', '/truncate', '/image'],
  )
  assert.deepEqual(encodeEmbed({ inputs: [input('a')], formats: ['base64'], truncate: 'end', inputType: 'image' }, 'm').unsupported, [])
})

test('U12: tokens are counted of contents or of a whole request, which names the deployment’s model', () => {
  const plain = readCountTokens(callOf({ contents: [content('x'.repeat(300))] }, COUNT))
  assert.ok(plain.ok && plain.request.dialect === 'gemini-count-tokens' && plain.request.n === 0 && plain.request.inputBound >= 300)
  assert.equal(conversationOf(plain.request.decode()).turns.length, 1)
  const text = '{"generateContentRequest": {"model":"models/fast","contents":[{"parts":[{"text":"a"}]}],"tools":[]}}'
  const whole = readCountTokens(callOf(text, COUNT))
  assert.ok(whole.ok)
  assert.equal(
    whole.request.upstreamBody({ model: 'gemini-2.5-flash', injectUsage: false }).toString(),
    text.replace('fast', 'gemini-2.5-flash'),
  )
  assert.equal(conversationOf(whole.request.decode()).turns[0]?.at, '/generateContentRequest/contents/0')
  const wrong = readCountTokens(callOf({ generateContentRequest: { contents: [] } }, COUNT))
  assert.equal(wrong.ok || wrong.pointer, '/generateContentRequest/contents')
  assert.deepEqual(
    [decodeCount(encodeCount(5)), decodeCount(Buffer.from('{"totalTokens":-1}')), decodeCount(Buffer.from('x'))],
    [5, undefined, undefined],
  )
})

test('models are listed in pages, in Google’s shape', () => {
  assert.deepEqual(modelOf({ id: 'fast', outputLimit: 9, embeds: true }), {
    name: 'models/fast',
    version: '001',
    displayName: 'fast',
    outputTokenLimit: 9,
    supportedGenerationMethods: ['embedContent', 'batchEmbedContents'],
  })
  const models = Array.from({ length: 60 }, (_, index) => ({ id: `m${index}` }))
  const ids = (query: string) => {
    const { models: page, nextPageToken } = modelsPage(models, query) as { models: { name: string }[]; nextPageToken?: string }
    return [page.length, page[0]?.name, nextPageToken]
  }
  assert.deepEqual(ids(''), [50, 'models/m0', '50'])
  assert.deepEqual(ids('pageToken=50'), [10, 'models/m50', undefined])
  assert.deepEqual(ids('?pageSize=1000&key=k'), [60, 'models/m0', undefined])
  assert.deepEqual(ids('pageSize=-1&pageToken=x'), [50, 'models/m0', '50'])
})
