import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Embedding } from '../../src/canonical/embedding.ts'
import { decodeCohereVectors, encodeCohereEmbed, encodeCohereVectors, readCohereVectors } from '../../src/cohere/embed-answer.ts'
import { readCohereEmbed, type EmbedRequest } from '../../src/cohere/embed.ts'
import { readCohereRanking, readCohereRerank } from '../../src/cohere/rerank.ts'
import { bodyOf } from './support.ts'

function read(value: object): EmbedRequest {
  const result = readCohereEmbed({ body: bodyOf(value) })
  assert.ok(result.ok, JSON.stringify(result))
  return result.request
}

const PNG = 'data:image/png;base64,iVBORw0KGgoAAAA='

test('U12: what is embedded is read for money: no choices, the bytes of the texts, images as images', () => {
  const request = read({ model: 'embed-v4.0', texts: ['sunny', 'rainy'], input_type: 'search_query' })
  assert.deepEqual([request.dialect, request.n, request.outputLimit, request.canCause.imageIn], ['cohere-embed', 0, 0, false])
  assert.ok(request.inputBound >= 10 && request.inputBound < 100)
  assert.equal(request.inputText(), 'sunny\nrainy')
  assert.equal(request.decode().ok, false)
  const images = read({
    model: 'embed-v4.0',
    images: [PNG],
    inputs: [
      {
        content: [
          { type: 'text', text: 'a' },
          { type: 'image_url', image_url: { url: PNG } },
        ],
      },
    ],
  })
  assert.ok(images.canCause.imageIn && images.inputBound > 2000)
})

test('only the model changes on the way to an upstream', () => {
  const request = read({ model: 'mine', texts: ['a'], zeta: 1 })
  assert.equal(request.upstreamBody({ model: 'mine', injectUsage: false }), request.body)
  const sent = request.upstreamBody({ model: 'embed-v4.0', injectUsage: true }).toString()
  assert.equal(sent, '{"model":"embed-v4.0","texts":["a"],"zeta":1}')
})

for (const [body, pointer] of [
  [{ texts: ['a'] }, '/model'],
  [{ model: 'm' }, '/texts'],
  [{ model: 'm', texts: [] }, '/texts'],
  [{ model: 'm', texts: 'a' }, '/texts'],
] as const) {
  test(`refused with a pointer: ${JSON.stringify(body)}`, () => {
    const result = readCohereEmbed({ body: bodyOf(body) })
    assert.ok(!result.ok)
    assert.equal(result.pointer, pointer)
  })
}

test('an embedding in neutral form, and back', () => {
  const result = read({
    model: 'm',
    inputs: [
      {
        content: [
          { type: 'text', text: 'a' },
          { type: 'image_url', image_url: { url: PNG } },
        ],
      },
    ],
    input_type: 'clustering',
    output_dimension: 256,
    embedding_types: ['int8', 'base64'],
    truncate: 'START',
  }).decodeEmbedding()
  assert.ok(result.ok)
  const { body, unsupported } = encodeCohereEmbed(result.embedding, 'embed-v4.0')
  assert.deepEqual(
    [JSON.parse(body.toString()), unsupported],
    [
      {
        model: 'embed-v4.0',
        input_type: 'clustering',
        embedding_types: ['int8', 'base64'],
        inputs: [
          {
            content: [
              { type: 'text', text: 'a' },
              { type: 'image_url', image_url: { url: PNG } },
            ],
          },
        ],
        output_dimension: 256,
        truncate: 'START',
      },
      [],
    ],
  )
  const wrong = read({ model: 'm', texts: ['a'], embedding_types: ['double'] }).decodeEmbedding()
  assert.ok(!wrong.ok && wrong.pointer === '/embedding_types/0')
})

test('texts of other dialects go as texts, for documents unless it is said; images only by their bytes', () => {
  const texts: Embedding = { inputs: [{ parts: [{ type: 'text', text: 'a', at: '' }], at: '' }] }
  assert.deepEqual(JSON.parse(encodeCohereEmbed(texts, 'm').body.toString()), {
    model: 'm',
    input_type: 'search_document',
    embedding_types: ['float'],
    texts: ['a'],
  })
  const image: Embedding = { inputs: [{ parts: [{ type: 'image', source: { kind: 'url', url: 'https://x' }, at: '/input/0' }], at: '' }] }
  assert.deepEqual(
    encodeCohereEmbed(image, 'm').unsupported.map(({ at }) => at),
    ['/input/0'],
  )
})

const METAS: [meta: unknown, expected: object | string][] = [
  [{ billed_units: { input_tokens: 10 } }, { input: 10 }],
  [{ billed_units: { input_tokens: 10, image_tokens: 300 } }, { input: 10, imageIn: 300 }],
  [{ billed_units: { images: 1 } }, 'missing'],
  [{ billed_units: { input_tokens: -1 } }, 'negative'],
  [{}, 'missing'],
]

for (const [meta, expected] of METAS) {
  test(`U7: vectors are billed as ${JSON.stringify(meta)}`, () => {
    const usage = readCohereVectors(bodyOf({ id: 'x', embeddings: { float: [[1]] }, meta }))?.usage
    assert.deepEqual(usage?.ok === true ? usage.buckets : usage?.reason, expected)
  })
}

test('vectors of every form are carried; what is no vectors is none', () => {
  const answer = decodeCohereVectors(bodyOf({ embeddings: { float: [[1, 2]], base64: ['AA=='], strange: [] }, meta: {} }))
  assert.deepEqual(answer?.vectors, { float: [[1, 2]], base64: ['AA=='] })
  assert.equal(decodeCohereVectors(bodyOf({ message: 'no' })), undefined)
  const frame = { requestId: 'req_1', embedding: { inputs: [] } }
  assert.match(
    encodeCohereVectors(answer ?? { vectors: {}, usage: { ok: true, buckets: {} } }, frame, { input: 2 }).toString(),
    /"input_tokens":2/,
  )
})

test('U7: a ranking is read for money: its search units, at most so many', () => {
  const units = (documents: unknown[], more: object = {}): number => {
    const result = readCohereRerank({ body: bodyOf({ model: 'rerank-v4', query: 'q', documents, ...more }) })
    assert.ok(result.ok)
    assert.deepEqual([result.request.dialect, result.request.n], ['cohere-rerank', 0])
    return result.request.searchUnitsBound
  }
  assert.equal(units(['a']), 1)
  assert.equal(units(Array.from({ length: 100 }, () => 'a')), 1)
  assert.equal(units(Array.from({ length: 101 }, () => 'a')), 2)
  assert.ok(units(['x'.repeat(100_000)]) === 1 && units(Array.from({ length: 50 }, () => 'x'.repeat(100_000))) === 5)
  assert.equal(units([{ text: 'a' }]), 1)
  const answer = { results: [{ index: 0, relevance_score: 0.5 }], meta: { billed_units: { search_units: 2 } } }
  assert.deepEqual(readCohereRanking(bodyOf(answer))?.usage, { ok: true, buckets: { search: 2 } })
  assert.equal(readCohereRanking(bodyOf({ results: [] }))?.usage.ok, false)
  assert.equal(readCohereRanking(bodyOf({ message: 'no' })), undefined)
})

for (const [body, pointer] of [
  [{ model: 'm', documents: ['a'] }, '/query'],
  [{ model: 'm', query: 'q' }, '/documents'],
  [{ query: 'q', documents: ['a'] }, '/model'],
] as const) {
  test(`a ranking is refused with a pointer: ${JSON.stringify(body)}`, () => {
    const result = readCohereRerank({ body: bodyOf(body) })
    assert.ok(!result.ok)
    assert.equal(result.pointer, pointer)
  })
}
