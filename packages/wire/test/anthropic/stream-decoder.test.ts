import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anthropic } from '../../src/anthropic/dialect.ts'
import type { StreamEvent } from '../../src/canonical/answer.ts'
import { framed, rawEvents, type Json } from './support.ts'

const START = {
  type: 'message_start',
  message: { id: 'msg_1', model: 'claude-x', content: [], usage: { input_tokens: 17, output_tokens: 1 } },
}
const STOP = { type: 'message_stop' }

function decode(...events: Json[]): StreamEvent[] {
  const decoder = anthropic.streamDecoder()
  return rawEvents(framed(events.map((event) => JSON.stringify(event)))).flatMap((event) => decoder.decode(event))
}

const begin = (index: number, content_block: Json): Json => ({ type: 'content_block_start', index, content_block })
const delta = (index: number, value: Json): Json => ({ type: 'content_block_delta', index, delta: value })
const end = (index: number): Json => ({ type: 'content_block_stop', index })
const finish = (stop_reason: string, usage: Json): Json => ({ type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage })

test('S4: thinking, text and calls are told apart by their blocks; a signature ends a block of thinking', () => {
  const events = decode(
    begin(0, { type: 'thinking', thinking: '', signature: '' }),
    delta(0, { type: 'thinking_delta', thinking: 'hm' }),
    delta(0, { type: 'signature_delta', signature: 'sig' }),
    end(0),
    begin(1, { type: 'redacted_thinking', data: 'Emw' }),
    end(1),
    begin(2, { type: 'text', text: 'A' }),
    delta(2, { type: 'text_delta', text: 'B' }),
    delta(2, { type: 'text_delta', text: '' }),
    end(2),
  )
  assert.deepEqual(events, [
    { type: 'reasoning', choice: 0, text: 'hm' },
    { type: 'reasoning_signature', choice: 0, signature: 'sig', origin: 'anthropic' },
    { type: 'redacted_reasoning', choice: 0, data: 'Emw', origin: 'anthropic' },
    { type: 'text', choice: 0, text: 'A' },
    { type: 'text', choice: 0, text: 'B' },
  ])
})

test('T1: parallel calls are numbered in order; id and name come once, fragments follow under the number', () => {
  const events = decode(
    begin(1, { type: 'tool_use', id: 'a', name: 't', input: {} }),
    delta(1, { type: 'input_json_delta', partial_json: '' }),
    delta(1, { type: 'input_json_delta', partial_json: '{"x":' }),
    delta(1, { type: 'input_json_delta', partial_json: '1}' }),
    end(1),
    begin(2, { type: 'tool_use', id: 'b', name: 'u', input: {} }),
    end(2),
  )
  assert.deepEqual(events, [
    { type: 'tool_call', choice: 0, call: 0, id: 'a', name: 't' },
    { type: 'tool_arguments', choice: 0, call: 0, text: '{"x":' },
    { type: 'tool_arguments', choice: 0, call: 0, text: '1}' },
    { type: 'tool_call', choice: 0, call: 1, id: 'b', name: 'u' },
    { type: 'tool_arguments', choice: 0, call: 1, text: '{}' },
  ])
})

test('T2: whole arguments at the start of a block, or of the message, are told once', () => {
  const call = { type: 'tool_use', id: 'a', name: 't', input: { x: 1 } }
  const expected = [
    { type: 'tool_call', choice: 0, call: 0, id: 'a', name: 't' },
    { type: 'tool_arguments', choice: 0, call: 0, text: '{"x":1}' },
  ]
  assert.deepEqual(decode(begin(0, call), end(0)), expected)
  assert.deepEqual(decode(begin(0, call), delta(0, { type: 'input_json_delta', partial_json: '{"x":1}' }), end(0)), expected)
  const [start, ...rest] = decode({ type: 'message_start', message: { id: 'msg_1', content: [call], stop_reason: 'tool_use' } }, STOP)
  assert.deepEqual(start, { type: 'start', id: 'msg_1' })
  assert.deepEqual(rest, [...expected, { type: 'finish', choice: 0, stop: { reason: 'tool_calls' } }, { type: 'done' }])
})

test('U3: usage is cumulative: output and what else comes later replaces, what does not stays; cache fields may come last', () => {
  const usages = decode(START, finish('end_turn', { input_tokens: null, output_tokens: 65, cache_read_input_tokens: 9 })).filter(
    ({ type }) => type === 'usage',
  )
  assert.deepEqual(usages, [
    { type: 'usage', usage: { ok: true, buckets: { input: 17, output: 1 } } },
    { type: 'usage', usage: { ok: true, buckets: { input: 17, cacheRead: 9, output: 65 } } },
  ])
})

test('U4: the split of cache writes comes first, their total may grow until the end', () => {
  const split = { ephemeral_5m_input_tokens: 3_068, ephemeral_1h_input_tokens: 0 }
  const usage = { input_tokens: 2, cache_creation_input_tokens: 3_068, cache_creation: split, output_tokens: 69 }
  const last = decode(
    { type: 'message_start', message: { id: 'msg_1', usage } },
    finish('end_turn', { input_tokens: 6, cache_creation_input_tokens: 3_337, cache_read_input_tokens: 6_289, output_tokens: 198 }),
  ).at(-1)
  assert.deepEqual(last, {
    type: 'usage',
    usage: { ok: true, buckets: { input: 6, cacheRead: 6_289, cacheWrite: 3_337, cacheWrite1h: 0, output: 198 } },
  })
})

test('R1, R3: why it ended, with the sequence and the explanation of a refusal', () => {
  assert.deepEqual(decode({ type: 'message_delta', delta: { stop_reason: 'stop_sequence', stop_sequence: 'END' } }), [
    { type: 'finish', choice: 0, stop: { reason: 'stop_sequence', sequence: 'END' } },
  ])
  const details = { type: 'refusal', category: 'bio', explanation: 'Because.' }
  assert.deepEqual(decode({ type: 'message_delta', delta: { stop_reason: 'refusal', stop_details: details } }), [
    { type: 'refusal', choice: 0, text: 'Because.' },
    { type: 'finish', choice: 0, stop: { reason: 'refusal' } },
  ])
})

test('blocks that only this vendor has are parts; what streams inside of them is nobody else’s', () => {
  const block = { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} }
  assert.deepEqual(decode(begin(0, block), delta(0, { type: 'input_json_delta', partial_json: '{"q":1}' }), end(0)), [
    { type: 'part', choice: 0, part: { type: 'vendor', dialect: 'anthropic', value: block, at: '' } },
  ])
})

test('citations go with the text that they are for', () => {
  const citation = {
    type: 'char_location',
    cited_text: 'x',
    document_index: 1,
    document_title: 'T',
    start_char_index: 0,
    end_char_index: 1,
  }
  assert.deepEqual(decode(begin(0, { type: 'text', text: '', citations: [] }), delta(0, { type: 'citations_delta', citation })), [
    { type: 'citation', choice: 0, citation: { title: 'T', citedText: 'x', document: 1, raw: { dialect: 'anthropic', value: citation } } },
  ])
})

test('E3: errors in the stream are told, whatever their shape; what is no event is skipped and nothing is thrown', () => {
  const error = { type: 'overloaded_error', message: 'Overloaded' }
  assert.deepEqual(decode({ type: 'error', error }), [{ type: 'error', message: 'Overloaded', raw: error }])
  const decoder = anthropic.streamDecoder()
  const odd = [
    'event: error\ndata: bad gateway\n\n',
    ': hello\n\n',
    'data: {"type":\n\n',
    'data: []\n\n',
    'event: ping\ndata: {"type": "ping"}\n\n',
  ]
  const decoded = odd.flatMap((text) => rawEvents(text).flatMap((event) => decoder.decode(event)))
  assert.deepEqual(decoded, [{ type: 'error', message: 'bad gateway', raw: 'bad gateway' }])
  const broken = [
    { type: 'message_start' },
    { type: 'content_block_start', index: 0 },
    { type: 'content_block_delta', index: 9, delta: { type: 'input_json_delta', partial_json: 7 } },
    { type: 'content_block_delta', index: 9, delta: { type: 'input_json_delta', partial_json: '{' } },
    { type: 'content_block_delta', index: 9, delta: { type: 'a_delta_of_tomorrow' } },
    { type: 'content_block_stop' },
    { type: 'message_delta' },
    { type: 'an_event_of_tomorrow' },
  ]
  assert.deepEqual(decode(...broken), [])
})

test('the reader beside the pass-through: what is delivered, when it is finished, and the terminal event', () => {
  const reader = anthropic.streamReader(1)
  const events = [
    START,
    begin(0, { type: 'text', text: '' }),
    delta(0, { type: 'text_delta', text: 'A' }),
    end(0),
    finish('end_turn', { output_tokens: 3 }),
    STOP,
  ]
  const steps = rawEvents(framed(events.map((event) => JSON.stringify(event)))).map((event) => reader.read(event))
  assert.deepEqual(
    steps.map(({ kind, text, finished, usageOnly, usage }) => [kind, text, finished, usageOnly, usage !== undefined]),
    [
      ['delta', '', false, false, true],
      ['other', '', false, false, false],
      ['delta', 'A', false, false, false],
      ['other', '', false, false, false],
      ['delta', '', true, false, true],
      ['done', '', true, false, false],
    ],
  )
  assert.deepEqual(reader.ids, { id: 'msg_1', model: 'claude-x' })
})
