import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gemini, openaiChat, openaiResponses, type Dialect, type RawEvent } from '@faregate/wire'

const USAGE = { input_tokens: 10, output_tokens: 5, total_tokens: 15 }
const OUTPUT = [
  { type: 'web_search_call', status: 'completed', action: { type: 'search', query: 'a' } },
  { type: 'web_search_call', status: 'completed', action: { type: 'open_page', url: 'https://example.com' } },
  { type: 'web_search_call', status: 'completed', action: { type: 'search', query: 'b' } },
  { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Found', annotations: [] }] },
]
const RESPONSE = { id: 'resp_1', model: 'm', status: 'completed', output: OUTPUT, usage: USAGE }

test('U7: each search of a response is counted, and no page that was opened', () => {
  const read = openaiResponses.readAnswer(Buffer.from(JSON.stringify(RESPONSE)))
  assert.deepEqual(read?.usage, { ok: true, buckets: { input: 10, output: 5, search: 2 } })
  const event: RawEvent = {
    raw: Buffer.alloc(0),
    event: 'response.completed',
    data: JSON.stringify({ type: 'response.completed', response: RESPONSE }),
  }
  const steps = openaiResponses.streamReader(1).read(event)
  assert.deepEqual(steps.usage, { ok: true, buckets: { input: 10, output: 5, search: 2 } })
})

test('U7: Perplexity tells in its usage how often it searched', () => {
  const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, num_search_queries: 18 }
  assert.deepEqual(openaiChat.usageMember.read(usage), { ok: true, buckets: { input: 10, output: 5, search: 18 } })
  assert.deepEqual(openaiChat.usageMember.read({ ...usage, num_search_queries: -1 }), {
    ok: false,
    reason: 'negative',
    raw: { ...usage, num_search_queries: -1 },
  })
})

test('U7: xAI tells how often it searched, on the web and on X, whatever stands among the items', () => {
  const usage = { ...USAGE, server_side_tool_usage_details: { web_search_calls: 3, x_search_calls: 1, code_interpreter_calls: 7 } }
  const read = openaiResponses.readAnswer(Buffer.from(JSON.stringify({ ...RESPONSE, usage })))
  assert.deepEqual(read?.usage, { ok: true, buckets: { input: 10, output: 5, search: 4 } })
})

test('U7: OpenRouter tells how often it searched; a model of OpenAI’s that always searches did so once', () => {
  const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }
  const routed = { ...usage, server_tool_use: { web_search_requests: 2 } }
  assert.deepEqual(openaiChat.usageMember.read(routed), { ok: true, buckets: { input: 10, output: 5, search: 2 } })
  const models: [model: string, search: object][] = [
    ['gpt-4o-search-preview-2025-03-11', { search: 1 }],
    ['gpt-4o-mini-search-preview', { search: 1 }],
    ['gpt-5-search-api', { search: 1 }],
    ['gpt-4o', {}],
    ['research-preview', {}],
  ]
  for (const [model, search] of models) {
    const message = { role: 'assistant', content: 'Found' }
    const answer = Buffer.from(JSON.stringify({ model, choices: [{ index: 0, message, finish_reason: 'stop' }], usage }))
    const expected = { ok: true, buckets: { input: 10, output: 5, ...search } }
    assert.deepEqual(openaiChat.readAnswer(answer)?.usage, expected, model)
    assert.deepEqual(openaiChat.decodeAnswer(answer)?.usage, expected, model)
    const last: RawEvent = { raw: Buffer.alloc(0), event: undefined, data: JSON.stringify({ model, choices: [], usage }) }
    assert.deepEqual(openaiChat.streamReader(1).read(last).usage, expected, model)
    assert.deepEqual(openaiChat.streamDecoder().decode(last), [{ type: 'usage', usage: expected }], model)
  }
})

test('U7: Gemini’s searches are the queries that it tells, each once; until Gemini 3 a grounded answer is one', () => {
  const grounded = (...webSearchQueries: string[]): object => ({ groundingMetadata: { webSearchQueries } })
  const chunkOf = (modelVersion: string, candidate: object): object => ({
    candidates: [{ content: { parts: [{ text: 'Found' }] }, ...candidate }],
    usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 },
    modelVersion,
  })
  const rows: [model: string, queries: string[], search: object][] = [
    ['gemini-3-pro-preview', ['a', '', 'b', 'a'], { search: 2 }],
    ['gemini-2.5-flash', ['a', 'b'], { search: 1 }],
    ['gemini-3-pro-preview', ['', ''], {}],
    ['gemini-2.5-flash', [], {}],
  ]
  for (const [model, queries, search] of rows) {
    const expected = { ok: true, buckets: { input: 10, output: 5, ...search } }
    assert.deepEqual(gemini.readAnswer(Buffer.from(JSON.stringify(chunkOf(model, grounded(...queries)))))?.usage, expected, model)
    const reader = gemini.streamReader(1)
    const chunks = [grounded(...queries.slice(0, 1)), { ...grounded(...queries), finishReason: 'STOP' }]
    const steps = chunks.map((one) => reader.read({ raw: Buffer.alloc(0), event: undefined, data: JSON.stringify(chunkOf(model, one)) }))
    assert.deepEqual(steps.at(-1)?.usage, expected, model)
  }
})

test('M11: what may search is held for: by the tools of xAI and Google, and by a model of OpenAI’s that always does', () => {
  const unitsOf = (dialect: Dialect, path: string, body: object): unknown => {
    const read = dialect.read({ path, query: '', headers: {}, body: Buffer.from(JSON.stringify(body)) })
    assert.ok(read.ok, JSON.stringify(read))
    return read.request.units
  }
  const chat = { messages: [{ role: 'user', content: 'hi' }] }
  assert.deepEqual(unitsOf(openaiChat, '/v1/chat/completions', { ...chat, model: 'gpt-5-search-api' }), { search: 1 })
  assert.deepEqual(unitsOf(openaiChat, '/v1/chat/completions', { ...chat, model: 'm', web_search_options: {} }), { search: 1 })
  assert.equal(unitsOf(openaiChat, '/v1/chat/completions', { ...chat, model: 'gpt-4o' }), undefined)
  assert.deepEqual(
    unitsOf(openaiResponses, '/v1/responses', { model: 'm', input: 'hi', tools: [{ type: 'x_search' }], max_tool_calls: 3 }),
    {
      search: 3,
    },
  )
  const asked = { contents: [{ parts: [{ text: 'hi' }] }], tools: [{ google_search: {} }] }
  assert.deepEqual(unitsOf(gemini, '/v1beta/models/gemini-3-pro:generateContent', asked), { search: 10 })
  assert.deepEqual(unitsOf(gemini, '/v1beta/models/gemini-2.5-pro:generateContent', asked), { search: 1 })
})
