import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  cohereEmbed,
  cohereRerank,
  decodedEmbedding,
  embeddingUpstream,
  encodeForUpstream,
  geminiBatchEmbed,
  geminiEmbed,
  inFormats,
  ollamaEmbed,
  ollamaEmbeddings,
  openaiEmbeddings,
  openaiModerations,
  type CallerRequest,
  type EmbeddingCaller,
  type EmbeddingUpstream,
} from '@faregate/wire'
import { jsonCall, read, refused } from './support.ts'

const CALLS: [what: string, caller: EmbeddingCaller, call: CallerRequest][] = [
  ['OpenAI', openaiEmbeddings, jsonCall({ model: 'm', input: ['one', 'two'], dimensions: 8 })],
  [
    'Cohere',
    cohereEmbed,
    jsonCall({ model: 'm', texts: ['one', 'two'], input_type: 'search_query', embedding_types: ['float'], output_dimension: 8 }),
  ],
  [
    'Gemini',
    geminiBatchEmbed,
    jsonCall(
      { requests: ['one', 'two'].map((text) => ({ model: 'models/m', content: { parts: [{ text }] }, outputDimensionality: 8 })) },
      '/v1beta/models/m:batchEmbedContents',
    ),
  ],
  ['Ollama', ollamaEmbed, jsonCall({ model: 'm', input: ['one', 'two'], dimensions: 8 })],
]

const UPSTREAMS: [what: string, upstream: EmbeddingUpstream, inputs: (body: Record<string, unknown>) => unknown, answer: unknown][] = [
  [
    'OpenAI',
    openaiEmbeddings,
    ({ input, dimensions }) => [input, dimensions],
    {
      object: 'list',
      data: [
        { index: 1, embedding: [3, 4] },
        { index: 0, embedding: [1, 2] },
      ],
      usage: { prompt_tokens: 5, total_tokens: 5 },
    },
  ],
  [
    'Cohere',
    cohereEmbed,
    ({ texts, output_dimension: size }) => [texts, size],
    {
      id: 'x',
      embeddings: {
        float: [
          [1, 2],
          [3, 4],
        ],
      },
      meta: { billed_units: { input_tokens: 5 } },
    },
  ],
  ['Gemini', geminiBatchEmbed, ({ requests }) => textsOf(requests), { embeddings: [{ values: [1, 2] }, { values: [3, 4] }] }],
  [
    'Ollama',
    ollamaEmbed,
    ({ input, dimensions }) => [input, dimensions],
    {
      model: 'm',
      embeddings: [
        [1, 2],
        [3, 4],
      ],
      prompt_eval_count: 5,
    },
  ],
]

function textsOf(requests: unknown): unknown {
  const list = requests as { content: { parts: { text: string }[] }; outputDimensionality: number }[]
  return [list.map(({ content }) => content.parts[0]?.text), list[0]?.outputDimensionality]
}

for (const [from, caller, call] of CALLS) {
  for (const [to, upstream, inputs, answer] of UPSTREAMS) {
    test(`vectors for a caller of ${from} from an upstream of ${to}: same inputs, same vectors, same order`, () => {
      const decoded = decodedEmbedding(read(caller, call))
      assert.ok(decoded.ok)
      const encoded = encodeForUpstream(decoded.embedding, upstream, 'up')
      assert.ok(!('ok' in encoded))
      assert.deepEqual(encoded.unsupported, [])
      assert.deepEqual(inputs(JSON.parse(encoded.body.toString()) as Record<string, unknown>), [['one', 'two'], 8])
      const vectors = upstream.decodeVectors(Buffer.from(JSON.stringify(answer)))
      assert.ok(vectors)
      const frame = { model: 'm', requestId: 'req_1', embedding: decoded.embedding }
      const told = caller.encodeVectors(inFormats(vectors, decoded.embedding.formats), frame, { input: 5 })
      assert.deepEqual(numbersIn(JSON.parse(told.toString())), [1, 2, 3, 4])
    })
  }
}

/** The numbers of all vectors, wherever they stand. */
function numbersIn(value: unknown): number[] {
  const { data, embeddings } = value as { data?: { embedding: number[] }[]; embeddings?: unknown }
  if (data !== undefined) return data.flatMap(({ embedding }) => embedding)
  if (!Array.isArray(embeddings)) return (embeddings as { float: number[][] }).float.flat()
  return embeddings.flatMap((one) => (Array.isArray(one) ? (one as number[]) : (one as { values: number[] }).values))
}

test('base64 is made of numbers where the vendor has none: four bytes each, little-endian', () => {
  const decoded = decodedEmbedding(read(openaiEmbeddings, jsonCall({ model: 'm', input: 'x', encoding_format: 'base64' })))
  assert.ok(decoded.ok)
  const vectors = ollamaEmbed.decodeVectors(Buffer.from('{"model":"m","embeddings":[[0.5,-2]],"prompt_eval_count":1}'))
  assert.ok(vectors)
  const { data } = JSON.parse(
    openaiEmbeddings
      .encodeVectors(inFormats(vectors, decoded.embedding.formats), { model: 'm', requestId: 'r', embedding: decoded.embedding }, {})
      .toString(),
  ) as { data: { embedding: string }[] }
  const bytes = Buffer.from(data[0]?.embedding ?? '', 'base64')
  assert.deepEqual([bytes.readFloatLE(0), bytes.readFloatLE(4)], [0.5, -2])
})

test('token ids are one vendor’s own: they are bound and counted one by one, and never left out for another', () => {
  const request = read(openaiEmbeddings, jsonCall({ model: 'm', input: [[1, 2, 3], [4]] }))
  assert.ok(request.inputBound >= 4 && request.inputBound < 40)
  assert.equal(request.inputText().match(/ a/g)?.length, 4)
  const decoded = decodedEmbedding(request)
  assert.ok(decoded.ok)
  assert.deepEqual(encodeForUpstream(decoded.embedding, geminiBatchEmbed, 'up'), {
    ok: false,
    pointer: '/input/0',
    message: 'token ids are those of one vendor, and another one serves this model: send the text',
  })
})

test('M9: what another vendor has no place for is named: members, formats, how inputs are cut', () => {
  const lost = (caller: EmbeddingCaller, call: CallerRequest, upstream: EmbeddingUpstream): string[] => {
    const decoded = decodedEmbedding(read(caller, call))
    assert.ok(decoded.ok)
    const encoded = encodeForUpstream(decoded.embedding, upstream, 'up')
    assert.ok(!('ok' in encoded))
    return encoded.unsupported.map(({ at }) => at)
  }
  assert.deepEqual(lost(openaiEmbeddings, jsonCall({ model: 'm', input: 'x', user: 'u' }), ollamaEmbed), ['/user'])
  assert.deepEqual(
    lost(
      cohereEmbed,
      jsonCall({ model: 'm', texts: ['x'], input_type: 'clustering', embedding_types: ['int8'], truncate: 'START', priority: 1 }),
      openaiEmbeddings,
    ),
    ['/priority', '/formats', '/truncate'],
  )
  assert.deepEqual(lost(ollamaEmbed, jsonCall({ model: 'm', input: 'x', keep_alive: '5m' }), cohereEmbed), ['/keep_alive'])
})

test('a vendor that speaks several is asked in the first in which vectors of any number can be asked for', () => {
  assert.equal(embeddingUpstream(['gemini', 'gemini-embed', 'gemini-batch-embed']), geminiBatchEmbed)
  assert.equal(embeddingUpstream(['ollama', 'openai-chat', 'ollama-embed', 'openai-embeddings']), ollamaEmbed)
  assert.equal(embeddingUpstream(['anthropic', 'anthropic-count-tokens']), undefined)
})

test('one vector for those who ask for one: embedContent, and Ollama’s older route', () => {
  const vectors = { vectors: { float: [[1, 2]] }, usage: { ok: true as const, buckets: { input: 3 } } }
  const frame = { model: 'm', requestId: 'r', embedding: { inputs: [] } }
  assert.match(geminiEmbed.encodeVectors(vectors, frame, { input: 3 }).toString(), /^\{"embedding":\{"values":\[1,2\]\}/)
  assert.deepEqual(JSON.parse(ollamaEmbeddings.encodeVectors(vectors, frame, { input: 3 }).toString()), { embedding: [1, 2] })
  assert.equal(read(ollamaEmbeddings, jsonCall({ model: 'm', prompt: 'x' })).model, 'm')
})

test('what is wrong with a request for vectors is said with its place', () => {
  const wrong: [body: Record<string, unknown>, pointer: string][] = [
    [{ input: 'x' }, '/model'],
    [{ model: 'm' }, '/input'],
    [{ model: 'm', input: [] }, '/input'],
    [{ model: 'm', input: ['x', 1.5] }, '/input'],
    [{ model: 'm', input: 'x', encoding_format: 'int8' }, '/encoding_format'],
    [{ model: 'm', input: 'x', dimensions: 0 }, '/dimensions'],
  ]
  for (const [body, pointer] of wrong) assert.equal(refused(openaiEmbeddings, jsonCall(body)).pointer, pointer)
})

test('U7: rankings are bound and billed by the search, moderations by what goes in', () => {
  const ranking = read(cohereRerank, jsonCall({ model: 'm', query: 'q', documents: Array.from({ length: 250 }, () => 'd') }))
  assert.deepEqual([ranking.units, ranking.pricedBy, ranking.n], [{ search: 3 }, ['search', 'input'], 0])
  const usage = (answer: unknown): unknown => cohereRerank.readAnswer(Buffer.from(JSON.stringify(answer)))?.usage
  assert.deepEqual(usage({ results: [], meta: { billed_units: { search_units: 3 } } }), { ok: true, buckets: { search: 3 } })
  assert.deepEqual(usage({ results: [], usage: { total_tokens: 40 } }), { ok: true, buckets: { input: 40 } })
  const moderation = read(
    openaiModerations,
    jsonCall({ input: ['one', { type: 'image_url', image_url: { url: 'https://example.com/a.png' } }] }),
  )
  assert.deepEqual([moderation.model, moderation.canCause.imageIn, moderation.n], ['omni-moderation-latest', true, 0])
  assert.match(moderation.upstreamBody({ model: 'up', injectUsage: false }).toString(), /"model":"up"/)
  assert.equal(refused(openaiModerations, jsonCall({ input: [] })).pointer, '/input')
})

const FOLDER = process.env['FAREGATE_RECORDED']

test(
  'recorded vectors are read, with their usage',
  { skip: FOLDER === undefined && 'FAREGATE_RECORDED names no folder of recordings' },
  () => {
    const answer = readFileSync(join(FOLDER ?? '', 'openai/embedding/openai-embedding.json'))
    const vectors = openaiEmbeddings.decodeVectors(answer)
    assert.deepEqual([vectors?.usage, vectors?.vectors.float?.length], [{ ok: true, buckets: { input: 12 } }, 2])
  },
)
