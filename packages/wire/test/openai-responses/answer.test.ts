import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer, AnswerFrame, Choice, Conversation, Part } from '../../src/index.ts'
import { openaiResponses } from '../../src/openai-responses/dialect.ts'

const USAGE = { input_tokens: 10, output_tokens: 5, total_tokens: 15 }

function decode(members: object): Answer | undefined {
  return openaiResponses.decodeAnswer(Buffer.from(JSON.stringify({ id: 'resp_1', object: 'response', status: 'completed', ...members })))
}

function frame(conversation: Partial<Conversation> = {}): AnswerFrame {
  return {
    model: 'mine',
    requestId: 'req_01J',
    created: 7,
    includeUsage: true,
    conversation: { stream: false, turns: [], others: {}, ...conversation },
  }
}

function encode(
  parts: Part[],
  more: Partial<Choice> = {},
  id?: string,
  conversation: Partial<Conversation> = {},
): Record<string, unknown> & { output: Record<string, unknown>[] } {
  const answer: Answer = {
    choices: [{ parts, stop: { reason: 'stop' }, ...more }],
    usage: { ok: false, reason: 'missing' },
    ...(id === undefined ? {} : { id }),
  }
  return JSON.parse(
    openaiResponses.encodeAnswer(answer, frame(conversation), { input: 2, cacheRead: 3, output: 4, reasoning: 5 }).toString(),
  ) as ReturnType<typeof encode>
}

const message = (...content: object[]): object => ({ type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content })

test('an answer in neutral form: text with citations, refusals, thoughts, calls, images, items of the vendor', () => {
  const annotation = { type: 'url_citation', url: 'https://a', title: 'A', start_index: 0, end_index: 2 }
  const answer = decode({
    created_at: 1.5,
    model: 'm',
    output: [
      { type: 'reasoning', id: 'rs_1', summary: [] },
      { type: 'reasoning', id: 'rs_2', summary: [{ type: 'summary_text', text: 'hm' }] },
      message({ type: 'output_text', text: 'hi', annotations: [annotation] }, { type: 'refusal', refusal: 'no' }),
      { type: 'function_call', id: 'fc_1', call_id: 'c1', name: 'f', arguments: '' },
      { type: 'custom_tool_call', id: 'ctc_1', call_id: 'c2', name: 'g', input: 'x' },
      { type: 'image_generation_call', id: 'ig_1', result: 'AAAA', output_format: 'webp' },
      { type: 'web_search_call', id: 'ws_1' },
    ],
    usage: USAGE,
  })
  assert.deepEqual([answer?.id, answer?.model, answer?.created], ['resp_1', 'm', 1])
  assert.deepEqual(answer?.choices[0]?.parts, [
    { type: 'reasoning', text: 'hm', origin: 'openai-responses', id: 'rs_2', at: '' },
    {
      type: 'text',
      text: 'hi',
      citations: [{ url: 'https://a', title: 'A', start: 0, end: 2, raw: { dialect: 'openai-responses', value: annotation } }],
      at: '',
    },
    { type: 'refusal', text: 'no', at: '' },
    { type: 'tool_call', id: 'c1', name: 'f', arguments: '{}', at: '' },
    { type: 'tool_call', id: 'c2', name: 'g', arguments: 'x', custom: true, at: '' },
    { type: 'image', source: { kind: 'base64', mediaType: 'image/webp', data: 'AAAA' }, at: '' },
    { type: 'vendor', dialect: 'openai-responses', value: { type: 'web_search_call', id: 'ws_1' }, at: '' },
  ])
})

test('R1: stop reasons by status; a word that is not known is a plain stop, with the word', () => {
  const call = { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' }
  const rows: [members: object, stop: object][] = [
    [{ output: [] }, { reason: 'stop' }],
    [{ output: [call] }, { reason: 'tool_calls' }],
    [
      { output: [], status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
      { reason: 'length', raw: 'max_output_tokens' },
    ],
    [
      { output: [call], status: 'incomplete', incomplete_details: { reason: 'content_filter' } },
      { reason: 'content_filter', raw: 'content_filter' },
    ],
    [
      { output: [], status: 'incomplete', incomplete_details: { reason: 'steered' } },
      { reason: 'stop', raw: 'steered' },
    ],
    [
      { output: [], status: 'incomplete' },
      { reason: 'stop', raw: 'incomplete' },
    ],
    [
      { output: [message()], status: 'failed' },
      { reason: 'error', raw: 'failed' },
    ],
    [
      { output: [], status: 'cancelled' },
      { reason: 'error', raw: 'cancelled' },
    ],
  ]
  for (const [members, stop] of rows) assert.deepEqual(decode(members)?.choices[0]?.stop, stop, JSON.stringify(members))
})

test('what is no response is none: HTML, a cut body, an error under 200, a failure with nothing made', () => {
  for (const body of [
    '<html>',
    '{"output":[',
    '[]',
    '{"error":{"message":"x"}}',
    '{"output":[],"status":"failed","error":{"code":"server_error"}}',
  ]) {
    assert.equal(openaiResponses.readAnswer(Buffer.from(body)), undefined, body)
    assert.equal(openaiResponses.decodeAnswer(Buffer.from(body)), undefined, body)
  }
  const failed = openaiResponses.readAnswer(
    Buffer.from(
      JSON.stringify({ output: [message({ type: 'output_text', text: 'half' })], status: 'failed', error: { code: 'x' }, usage: USAGE }),
    ),
  )
  assert.deepEqual([failed?.error, failed?.hasOutput, failed?.text()], [{ code: 'x' }, true, 'half'])
})

test('U1, U2, U4: usage in disjoint buckets that add up to the total; written back with totals that include them', () => {
  const details = {
    input_tokens_details: { cached_tokens: 3, cache_write_tokens: 4, cache_write_tokens_details: { ttl_30m_tokens: 3, ttl_12h_tokens: 1 } },
    output_tokens_details: { reasoning_tokens: 2 },
  }
  assert.deepEqual(decode({ output: [], usage: { ...USAGE, ...details } })?.usage, {
    ok: true,
    buckets: { input: 3, cacheRead: 3, cacheWrite: 3, cacheWrite1h: 1, output: 3, reasoning: 2 },
  })
  assert.deepEqual(decode({ output: [], usage: USAGE })?.usage, { ok: true, buckets: { input: 10, output: 5 } })
  assert.deepEqual(encode([])['usage'], {
    input_tokens: 5,
    input_tokens_details: { cached_tokens: 3, cache_write_tokens: 0 },
    output_tokens: 9,
    output_tokens_details: { reasoning_tokens: 5 },
    total_tokens: 14,
  })
})

test('M22: usage that cannot be is not believed', () => {
  const rows: [usage: unknown, reason: string][] = [
    [null, 'missing'],
    [{ input_tokens: 0, output_tokens: 0, total_tokens: 0 }, 'missing'],
    [{ input_tokens: -1, output_tokens: 1 }, 'negative'],
    [{ input_tokens: 1, output_tokens: 1.5 }, 'fractional'],
    [{ input_tokens: 1, output_tokens: 1, total_tokens: 1 }, 'contradictory'],
    [{ input_tokens: 1, output_tokens: 1, input_tokens_details: { cached_tokens: 2 } }, 'contradictory'],
  ]
  for (const [usage, reason] of rows) {
    const reading = decode({ output: [], usage })?.usage
    assert.deepEqual(reading?.ok === false && [reading.reason, reading.raw ?? null], [reason, usage], JSON.stringify(usage))
  }
  const silent = openaiResponses.readAnswer(
    Buffer.from(JSON.stringify({ output: [message({ type: 'output_text', text: 'x' })], usage: { input_tokens: 1, output_tokens: 0 } })),
  )
  assert.equal(silent?.usage.ok, false)
})

test('E8: ids keep their prefix: the own one where it fits, else one from the request', () => {
  assert.equal(encode([], {}, 'resp_abc')['id'], 'resp_abc')
  assert.equal(encode([], {}, 'chatcmpl-1')['id'], 'resp_01J')
  const { output } = encode([
    { type: 'reasoning', text: 'a', at: '' },
    { type: 'text', text: 'b', at: '' },
    { type: 'tool_call', id: 'c', name: 'f', arguments: '', signature: 'SIG', at: '' },
  ])
  assert.deepEqual(
    output.map(({ id }) => id),
    ['rs_01J_0', 'msg_01J_1', 'fc_01J_2'],
  )
  assert.deepEqual([output[2]?.['call_id'], output[2]?.['arguments']], ['c__sig__U0lH_ea727bc5', '{}'])
})

test('R1: how an answer ends for the caller', () => {
  const text: Part = { type: 'text', text: 'x', at: '' }
  const rows: [Choice['stop']['reason'], Part, string, unknown][] = [
    ['stop', text, 'completed', null],
    ['stop_sequence', text, 'completed', null],
    ['length', text, 'incomplete', { reason: 'max_output_tokens' }],
    ['context', text, 'incomplete', { reason: 'max_output_tokens' }],
    ['content_filter', text, 'incomplete', { reason: 'content_filter' }],
    ['refusal', text, 'incomplete', { reason: 'content_filter' }],
    ['refusal', { type: 'refusal', text: 'no', at: '' }, 'completed', null],
    ['error', text, 'failed', null],
  ]
  for (const [reason, part, status, details] of rows) {
    const response = encode([part], { stop: { reason } })
    assert.deepEqual([response['status'], response['incomplete_details']], [status, details], reason)
    assert.equal(response.output[0]?.['status'], status === 'completed' ? 'completed' : 'incomplete', reason)
    assert.equal(response['error'] === null, status !== 'failed', reason)
  }
})

test("what was asked is echoed, and every member is there that the SDK's types ask for", () => {
  const bare = encode([])
  for (const name of ['access_programs', 'error', 'incomplete_details', 'instructions', 'temperature', 'top_p'])
    assert.equal(bare[name], null, name)
  assert.deepEqual(
    [bare['object'], bare['created_at'], bare['model'], bare['metadata'], bare['tools'], bare['tool_choice'], bare['parallel_tool_calls']],
    ['response', 7, 'mine', {}, [], 'auto', true],
  )
  const read = openaiResponses.read({
    path: '',
    query: '',
    headers: {},
    body: Buffer.from(
      JSON.stringify({
        model: 'm',
        input: 'x',
        instructions: 'be brief',
        temperature: 0,
        max_output_tokens: 9,
        text: { format: { type: 'json_object' }, verbosity: 'low' },
        tools: [
          { type: 'function', name: 'f', parameters: null },
          { type: 'custom', name: 'c' },
        ],
        tool_choice: { type: 'custom', name: 'c' },
        reasoning: { effort: 'low' },
        metadata: { a: 'b' },
      }),
    ),
  })
  assert.ok(read.ok)
  const decoded = read.request.decode()
  assert.ok(decoded.ok)
  const echoed = encode([], {}, undefined, decoded.conversation)
  const names = ['instructions', 'temperature', 'max_output_tokens', 'text', 'tools', 'tool_choice', 'reasoning', 'metadata']
  assert.deepEqual(
    names.map((name) => echoed[name]),
    [
      'be brief',
      0,
      9,
      { format: { type: 'json_object' }, verbosity: 'low' },
      [
        { type: 'function', name: 'f', parameters: null, strict: true },
        { type: 'custom', name: 'c' },
      ],
      { type: 'custom', name: 'c' },
      { effort: 'low', summary: null },
      { a: 'b' },
    ],
  )
})

test('texts keep their own citations; log probabilities are told; what no item can hold is left out', () => {
  const { output } = encode(
    [
      {
        type: 'text',
        text: 'ab',
        citations: [
          { url: 'https://a', start: 0, end: 1 },
          { document: 0, citedText: 'x' },
        ],
        at: '',
      },
      { type: 'text', text: 'c', citations: [{ url: 'https://b', title: 'B' }], at: '' },
      { type: 'text', text: '', at: '' },
      { type: 'audio', source: { kind: 'base64', mediaType: 'audio/wav', data: '' }, at: '' },
      { type: 'vendor', dialect: 'anthropic', value: { type: 'x', id: 'y' }, at: '' },
    ],
    { logprobs: [{ token: 'é', logprob: -1, top: [{ token: 'e', logprob: -2, bytes: [101] }] }] },
  )
  assert.equal(output.length, 1)
  assert.deepEqual(output[0]?.['content'], [
    {
      type: 'output_text',
      text: 'ab',
      annotations: [{ type: 'url_citation', start_index: 0, end_index: 1, url: 'https://a', title: 'https://a' }],
      logprobs: [{ token: 'é', logprob: -1, bytes: [195, 169], top_logprobs: [{ token: 'e', logprob: -2, bytes: [101] }] }],
    },
    {
      type: 'output_text',
      text: 'c',
      annotations: [{ type: 'url_citation', start_index: 0, end_index: 1, url: 'https://b', title: 'B' }],
      logprobs: [],
    },
  ])
})
