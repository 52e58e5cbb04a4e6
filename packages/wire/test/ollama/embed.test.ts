import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EmbedRequest } from '../../src/cohere/embed.ts'
import { decodeOllamaVectors, encodeOllamaEmbed, encodeOllamaVectors, readOllamaEmbed, readOllamaVectors } from '../../src/ollama/embed.ts'
import { bodyOf } from './support.ts'

function read(value: unknown): EmbedRequest {
  const result = readOllamaEmbed({ body: bodyOf(value) })
  assert.ok(result.ok, JSON.stringify(result))
  return result.request
}

test('U12: what is embedded is read for money, of either route', () => {
  for (const [body, text] of [
    [{ model: 'm', input: 'sunny' }, 'sunny'],
    [{ model: 'm', input: ['sunny', 'rainy'] }, 'sunny\nrainy'],
    [{ model: 'm', prompt: 'sunny' }, 'sunny'],
  ] as const) {
    const request = read(body)
    assert.deepEqual([request.dialect, request.n, request.outputLimit, request.inputText()], ['ollama-embed', 0, 0, text])
    assert.ok(request.inputBound >= text.length)
    assert.equal(request.decode().ok, false)
  }
})

for (const [body, pointer] of [
  [{ input: 'a' }, '/model'],
  [{ model: 'm' }, '/input'],
  [{ model: 'm', input: [] }, '/input'],
  [{ model: 'm', input: [1] }, '/input'],
] as const) {
  test(`refused with a pointer: ${JSON.stringify(body)}`, () => {
    const result = readOllamaEmbed({ body: bodyOf(body) })
    assert.ok(!result.ok)
    assert.equal(result.pointer, pointer)
  })
}

test('only the model changes on the way to an upstream', () => {
  const request = read(Buffer.from('{"model": "mine","input":"a" ,"zeta":1}'))
  assert.equal(request.upstreamBody({ model: 'mine', injectUsage: false }), request.body)
  assert.equal(request.upstreamBody({ model: 'nomic', injectUsage: true }).toString(), '{"model": "nomic","input":"a" ,"zeta":1}')
})

test('an embedding in neutral form, and back; what Ollama does not know is named', () => {
  const result = read({ model: 'm', input: ['a', 'b'], dimensions: 256, truncate: false }).decodeEmbedding()
  assert.ok(result.ok)
  assert.deepEqual(result.embedding, {
    inputs: [
      { parts: [{ type: 'text', text: 'a', at: '/input/0' }], at: '/input/0' },
      { parts: [{ type: 'text', text: 'b', at: '/input/1' }], at: '/input/1' },
    ],
    dimensions: 256,
    truncate: 'none',
  })
  assert.deepEqual(JSON.parse(encodeOllamaEmbed(result.embedding, 'nomic').body.toString()), {
    model: 'nomic',
    input: ['a', 'b'],
    dimensions: 256,
    truncate: false,
  })
  const foreign = encodeOllamaEmbed(
    {
      inputs: [{ parts: [{ type: 'image', source: { kind: 'url', url: 'https://x' }, at: '/0' }], at: '' }],
      inputType: 'query',
      formats: ['float', 'int8'],
      truncate: 'start',
    },
    'nomic',
  )
  assert.deepEqual(
    foreign.unsupported.map(({ at }) => at),
    ['/0', '/inputType', '/formats', '/truncate'],
  )
  const wrong = read({ model: 'm', input: 'a', truncate: 'END' }).decodeEmbedding()
  assert.ok(!wrong.ok && wrong.pointer === '/truncate')
})

test('U7, U6: vectors of either route are read; the older one tells no usage, and unknown is not zero', () => {
  const body = bodyOf({ model: 'nomic', embeddings: [[0.1, 0.2]], total_duration: 1, prompt_eval_count: 8 })
  assert.deepEqual(decodeOllamaVectors(body), {
    model: 'nomic',
    vectors: { float: [[0.1, 0.2]] },
    usage: { ok: true, buckets: { input: 8 } },
  })
  assert.deepEqual(readOllamaVectors(body)?.usage, { ok: true, buckets: { input: 8 } })
  assert.deepEqual(readOllamaVectors(bodyOf({ embedding: [1, 2] }))?.usage, { ok: false, reason: 'missing' })
  assert.equal(readOllamaVectors(bodyOf({ embeddings: [], prompt_eval_count: -1 }))?.usage.ok, false)
  assert.equal(decodeOllamaVectors(bodyOf({ error: 'no' })), undefined)
  assert.equal(decodeOllamaVectors(Buffer.from('<html>')), undefined)
})

test('vectors for a caller, of either route', () => {
  const answer = decodeOllamaVectors(bodyOf({ embeddings: [[1], [2]] }))
  assert.ok(answer)
  const encoded = (older: boolean): unknown => JSON.parse(encodeOllamaVectors(answer, { model: 'mine', older }, { input: 5 }).toString())
  assert.deepEqual(encoded(false), { model: 'mine', embeddings: [[1], [2]], prompt_eval_count: 5 })
  assert.deepEqual(encoded(true), { embedding: [1] })
})
