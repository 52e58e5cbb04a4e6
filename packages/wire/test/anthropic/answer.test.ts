import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anthropic } from '../../src/anthropic/dialect.ts'
import { decodeMessages } from '../../src/anthropic/decode.ts'
import type { Answer, Stop } from '../../src/canonical/answer.ts'
import type { Part } from '../../src/canonical/conversation.ts'
import { frame, SOME_BUCKETS, withoutPlaces, type Json } from './support.ts'

function message(parts: Json): Buffer {
  const usage = { input_tokens: 5, output_tokens: 6 }
  return Buffer.from(
    JSON.stringify({
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'claude-x',
      content: [],
      stop_reason: 'end_turn',
      usage,
      ...parts,
    }),
  )
}

function written(parts: Part[], stop: Stop = { reason: 'stop' }, more: Partial<Answer> = {}): Json {
  const answer: Answer = { choices: [{ parts, stop }], usage: { ok: true, buckets: {} }, ...more }
  return JSON.parse(anthropic.encodeAnswer(answer, frame(), SOME_BUCKETS).toString()) as Json
}

const STOPS: [word: string, stop: Stop][] = [
  ['end_turn', { reason: 'stop' }],
  ['max_tokens', { reason: 'length' }],
  ['tool_use', { reason: 'tool_calls' }],
  ['pause_turn', { reason: 'pause' }],
  ['refusal', { reason: 'refusal' }],
  ['model_context_window_exceeded', { reason: 'context' }],
]

test('R1: stop reasons both ways; a word that is not known ends the turn and is kept', () => {
  for (const [word, stop] of STOPS) {
    assert.deepEqual(anthropic.decodeAnswer(message({ stop_reason: word }))?.choices[0]?.stop, stop)
    assert.equal(written([], stop)['stop_reason'], word)
  }
  assert.deepEqual(anthropic.decodeAnswer(message({ stop_reason: 'compaction' }))?.choices[0]?.stop, { reason: 'pause', raw: 'compaction' })
  assert.deepEqual(anthropic.decodeAnswer(message({ stop_reason: 'tired' }))?.choices[0]?.stop, { reason: 'stop', raw: 'tired' })
  assert.equal(written([], { reason: 'content_filter' })['stop_reason'], 'refusal')
  assert.equal(written([], { reason: 'error', raw: 'insufficient_system_resource' })['stop_reason'], 'max_tokens', 'it must not look whole')
})

test('R3: the stop sequence that matched is told', () => {
  const stop = anthropic.decodeAnswer(message({ stop_reason: 'stop_sequence', stop_sequence: 'END' }))?.choices[0]?.stop
  assert.deepEqual(stop, { reason: 'stop_sequence', sequence: 'END' })
  const { stop_reason, stop_sequence } = written([], { reason: 'stop_sequence', sequence: 'END' })
  assert.deepEqual([stop_reason, stop_sequence], ['stop_sequence', 'END'])
})

test('R2: tool calls end a turn by tool_use, whatever the upstream said', () => {
  const call: Part = { type: 'tool_call', id: 'a', name: 't', arguments: '{}', at: '' }
  assert.equal(written([call], { reason: 'stop' })['stop_reason'], 'tool_use')
  assert.equal(written([call], { reason: 'length' })['stop_reason'], 'max_tokens')
})

test('an answer of another vendor is a whole message, under the caller’s name and an id of this dialect (E8)', () => {
  const parts: Part[] = [
    { type: 'reasoning', text: 'hm', signature: 'gAAA', origin: 'openai-responses', at: '' },
    { type: 'text', text: 'A', citations: [{ url: 'https://x.example', title: 'X' }], at: '' },
    { type: 'text', text: '', at: '' },
    { type: 'tool_call', id: 'call_1', name: 't', arguments: '{"b":1,"a":2}', signature: 's', at: '' },
  ]
  assert.deepEqual(written(parts, { reason: 'tool_calls' }, { id: 'resp_1', model: 'gpt-x' }), {
    model: 'fast',
    id: 'msg_7',
    type: 'message',
    role: 'assistant',
    content: [
      { type: 'thinking', thinking: 'hm', signature: 'openai-responses:gAAA' },
      {
        type: 'text',
        text: 'A',
        citations: [{ type: 'web_search_result_location', cited_text: '', url: 'https://x.example', title: 'X', encrypted_index: '' }],
      },
      { type: 'tool_use', id: 'call_1__sig__cw_f0cb859f', name: 't', input: { b: 1, a: 2 } },
    ],
    stop_reason: 'tool_use',
    stop_sequence: null,
    stop_details: null,
    usage: {
      input_tokens: 12,
      cache_creation_input_tokens: 4,
      cache_read_input_tokens: 3,
      cache_creation: { ephemeral_5m_input_tokens: 4, ephemeral_1h_input_tokens: 0 },
      output_tokens: 5,
    },
  })
  assert.equal(written([], undefined, { id: 'msg_up' })['id'], 'msg_up')
})

test('T4, M6: what a caller sends back of such an answer is what the other vendor gave', () => {
  const parts: Part[] = [
    { type: 'reasoning', text: 'hm', signature: 'gAAA', origin: 'gemini', at: '' },
    { type: 'reasoning', text: '', redacted: 'xx', origin: 'openai-responses', at: '' },
    { type: 'reasoning', text: 'unsigned', at: '' },
    { type: 'tool_call', id: 'call_1', name: 't', arguments: '{"a":1}', signature: 'thought', at: '' },
  ]
  const { content } = written(parts, { reason: 'tool_calls' })
  const decoded = decodeMessages({ model: 'm', messages: [{ role: 'assistant', content }] })
  assert.ok(decoded.ok)
  assert.deepEqual(withoutPlaces(decoded.conversation.turns[0]?.parts), withoutPlaces(parts))
})

test('a refusal is text that ends by refusal; the vendor’s explanation of one is a refusal', () => {
  const refusal: Part = { type: 'refusal', text: 'No.', at: '' }
  const answer = written([refusal])
  assert.deepEqual([answer['content'], answer['stop_reason']], [[{ type: 'text', text: 'No.' }], 'refusal'])
  const details = { type: 'refusal', category: 'cyber', explanation: 'Because.' }
  const decoded = anthropic.decodeAnswer(message({ stop_reason: 'refusal', stop_details: details }))
  assert.deepEqual(decoded?.choices[0]?.parts, [{ type: 'refusal', text: 'Because.', at: '' }])
})

test('what is no answer is none: HTML, cut off, an error under status 200 (E3)', () => {
  const whole = message({ content: [{ type: 'text', text: 'A' }] })
  for (const body of [
    '<html>',
    whole.toString().slice(0, -5),
    '{"type":"error","error":{"type":"overloaded_error","message":"x"}}',
    '[]',
    '{}',
  ]) {
    assert.equal(anthropic.decodeAnswer(Buffer.from(body)), undefined, body)
    assert.equal(anthropic.readAnswer(Buffer.from(body)), undefined, body)
  }
})

test('a whole answer is read for money: usage, text and whether there is output', () => {
  const blocks = [
    { type: 'thinking', thinking: 'hm', signature: 's' },
    { type: 'text', text: 'A' },
    { type: 'tool_use', id: 'a', name: 't', input: { b: 1 } },
  ]
  const reading = anthropic.readAnswer(message({ content: blocks }))
  assert.deepEqual(
    [reading?.usage, reading?.hasOutput, reading?.text()],
    [{ ok: true, buckets: { input: 5, output: 6 } }, true, 'hmAt{"b":1}'],
  )
  assert.equal(anthropic.readAnswer(message({}))?.hasOutput, false)
  const server = [{ type: 'server_tool_use', id: 'a', name: 'web_search', input: {} }]
  assert.equal(anthropic.readAnswer(message({ content: server }))?.hasOutput, true)
  const silent = anthropic.readAnswer(message({ content: blocks, usage: { input_tokens: 5, output_tokens: 0 } }))
  assert.equal(silent?.usage.ok, false)
})

test('T2: arguments of compatible vendors that come as a string, empty or missing', () => {
  const args = (input: unknown): unknown => {
    const part = anthropic.decodeAnswer(message({ content: [{ type: 'tool_use', id: 'a', name: 't', input }] }))?.choices[0]?.parts[0]
    return part?.type === 'tool_call' ? part.arguments : undefined
  }
  assert.deepEqual([args('{"a":1}'), args(''), args(undefined), args({ a: 1 })], ['{"a":1}', '{}', '{}', '{"a":1}'])
})

test('a block that is not what its type says is left out, and usage survives it', () => {
  const answer = anthropic.decodeAnswer(message({ content: [{ type: 'image', source: 7 }, 'x', { type: 'text', text: 'A' }] }))
  assert.deepEqual(answer?.choices[0]?.parts, [{ type: 'text', text: 'A', at: '' }])
  assert.deepEqual(answer?.usage, { ok: true, buckets: { input: 5, output: 6 } })
})
