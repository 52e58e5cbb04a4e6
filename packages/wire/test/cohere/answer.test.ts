import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer, Stop } from '../../src/canonical/answer.ts'
import type { Part } from '../../src/canonical/conversation.ts'
import { withSignature } from '../../src/canonical/tool-ids.ts'
import { cohere } from '../../src/cohere/dialect.ts'
import { bodyOf, frame, PROBLEM, user } from './support.ts'

const USAGE = { billed_units: { input_tokens: 3, output_tokens: 4 } }
const BUCKETS = { input: 3, output: 4 }

function answerOf(message: object, finish_reason: string, more: object = {}): Answer {
  const answer = cohere.decodeAnswer(bodyOf({ id: 'a', message: { role: 'assistant', ...message }, finish_reason, usage: USAGE, ...more }))
  assert.ok(answer)
  return answer
}

function encode(
  parts: Part[],
  stop: Stop = { reason: 'stop' },
  conversation = {},
): Record<string, unknown> & { message: Record<string, unknown> } {
  const answer: Answer = { id: 'chatcmpl-1', model: 'up', choices: [{ parts, stop }], usage: { ok: true, buckets: BUCKETS } }
  return JSON.parse(cohere.encodeAnswer(answer, frame(conversation), BUCKETS).toString()) as ReturnType<typeof encode>
}

const STOPS: [word: string, hasCalls: boolean, stop: Stop][] = [
  ['COMPLETE', false, { reason: 'stop' }],
  ['COMPLETE', true, { reason: 'tool_calls' }],
  ['STOP_SEQUENCE', false, { reason: 'stop_sequence' }],
  ['MAX_TOKENS', true, { reason: 'length' }],
  ['TOOL_CALL', true, { reason: 'tool_calls' }],
  ['ERROR', false, { reason: 'error' }],
  ['ERROR_TOXIC', false, { reason: 'content_filter', raw: 'ERROR_TOXIC' }],
  ['TIMEOUT', false, { reason: 'error', raw: 'TIMEOUT' }],
  ['USER_CANCEL', false, { reason: 'error', raw: 'USER_CANCEL' }],
  ['SOMETHING_NEW', false, { reason: 'stop', raw: 'SOMETHING_NEW' }],
]

for (const [word, hasCalls, stop] of STOPS) {
  test(`R1, R2: ${word}${hasCalls ? ' with tool calls' : ''} means ${stop.reason}`, () => {
    const calls = hasCalls ? { tool_calls: [{ id: 'x', type: 'function', function: { name: 'f', arguments: '{}' } }] } : {}
    assert.deepEqual(answerOf({ content: [{ type: 'text', text: 'a' }], ...calls }, word).choices[0]?.stop, stop)
  })
}

test('R1: stop reasons of other vendors have a word', () => {
  const words = (['stop', 'stop_sequence', 'length', 'context', 'tool_calls', 'content_filter', 'refusal', 'pause', 'error'] as const).map(
    (reason) => encode([{ type: 'text', text: 'a', at: '' }], { reason })['finish_reason'],
  )
  assert.deepEqual(words, [
    'COMPLETE',
    'STOP_SEQUENCE',
    'MAX_TOKENS',
    'MAX_TOKENS',
    'TOOL_CALL',
    'ERROR_TOXIC',
    'COMPLETE',
    'COMPLETE',
    'ERROR',
  ])
})

const NO_ANSWERS: [name: string, body: Buffer][] = [
  ['HTML', Buffer.from('<html>')],
  ['cut JSON', Buffer.from('{"id":"a","message":{"role":"assis')],
  ['an error under status 200', bodyOf({ message: 'too many tokens' })],
  ['an array', bodyOf([])],
]

for (const [name, body] of NO_ANSWERS) {
  test(`E3: ${name} is no answer`, () => {
    assert.equal(cohere.readAnswer(body), undefined)
    assert.equal(cohere.decodeAnswer(body), undefined)
  })
}

test('M20: an answer that ended in an error says so, and its usage is read', () => {
  const reading = cohere.readAnswer(bodyOf({ id: 'a', message: { role: 'assistant', content: [] }, finish_reason: 'ERROR', usage: USAGE }))
  assert.deepEqual([reading?.error, reading?.hasOutput, reading?.usage], ['ERROR', false, { ok: true, buckets: BUCKETS }])
})

test('log probabilities are read; those of several tokens are joint', () => {
  const { choices } = answerOf({ content: [{ type: 'text', text: 'ab' }] }, 'COMPLETE', {
    logprobs: [
      { text: 'a', token_ids: [1], logprobs: [-0.5] },
      { text: 'b', token_ids: [2, 3], logprobs: [-1, -2] },
      { text: 'c', token_ids: [4] },
    ],
  })
  assert.deepEqual(choices[0]?.logprobs, [
    { token: 'a', logprob: -0.5, top: [] },
    { token: 'b', logprob: -3, top: [] },
  ])
})

test("E8, U1: a translated answer has Cohere's id, and usage of what is charged for", () => {
  const first = encode([{ type: 'text', text: 'hello', at: '' }])
  assert.match(String(first['id']), /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/)
  assert.equal(encode([])['id'], first['id'])
  assert.deepEqual(first.message, { role: 'assistant', content: [{ type: 'text', text: 'hello' }] })
  assert.deepEqual(first['usage'], {
    billed_units: { input_tokens: 3, output_tokens: 4 },
    tokens: { input_tokens: 3, output_tokens: 4 },
  })
})

test('T4, T11: what is said before calls is the plan; the id carries the signature; texts in a row are one block', () => {
  const { message } = encode([
    { type: 'reasoning', text: 'hm', at: '' },
    { type: 'text', text: 'I ', at: '' },
    { type: 'text', text: 'look', at: '' },
    { type: 'tool_call', id: 'c1', name: 'f', arguments: '{"a":1}', signature: 'sig', at: '' },
  ])
  assert.deepEqual(message, {
    role: 'assistant',
    content: [{ type: 'thinking', thinking: 'hm' }],
    tool_plan: 'I look',
    tool_calls: [{ id: withSignature('c1', 'sig'), type: 'function', function: { name: 'f', arguments: '{"a":1}' } }],
  })
  const plain = encode([
    { type: 'text', text: 'a', at: '' },
    { type: 'refusal', text: 'b', at: '' },
  ])
  assert.deepEqual(plain.message['content'], [{ type: 'text', text: 'ab' }])
})

test("citations of other vendors are placed in the block and name the request's documents by their ids", () => {
  const source = { kind: 'text', text: 'the source', mediaType: 'text/plain' } as const
  const { message } = encode(
    [
      { type: 'reasoning', text: 'hm', at: '' },
      { type: 'text', text: 'One. ', at: '' },
      {
        type: 'text',
        text: 'Two.',
        citations: [
          { document: 0, title: 'T', citedText: 'src' },
          { url: 'https://x', start: 0, end: 3 },
        ],
        at: '',
      },
    ],
    { reason: 'stop' },
    { turns: [{ role: 'user', parts: [{ type: 'document', source, filename: 'mine', at: '' }], at: '' }, user('q')] },
  )
  assert.deepEqual(message['citations'], [
    {
      start: 5,
      end: 9,
      text: 'Two.',
      sources: [{ type: 'document', id: 'mine', document: { id: 'mine', text: 'the source' } }],
      type: 'TEXT_CONTENT',
      content_index: 1,
    },
    {
      start: 5,
      end: 8,
      text: 'Two',
      sources: [{ type: 'document', id: 'https://x', document: { id: 'https://x', url: 'https://x' } }],
      type: 'TEXT_CONTENT',
      content_index: 1,
    },
  ])
})

test("E1: a refusal has its message where Cohere's clients read it, and the problem beside it", () => {
  assert.deepEqual(cohere.errorBody(PROBLEM), { message: 'too little', ...PROBLEM })
})
