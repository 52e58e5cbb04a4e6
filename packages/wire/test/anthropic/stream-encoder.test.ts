import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { anthropic } from '../../src/anthropic/dialect.ts'
import type { StreamEvent } from '../../src/canonical/answer.ts'
import { dataOf, frame, memberOf, rawEvents, SOME_BUCKETS, type Json } from './support.ts'

const text = (value: string): StreamEvent => ({ type: 'text', choice: 0, text: value })
const call = (number: number, id = `call_${number}`): StreamEvent => ({ type: 'tool_call', choice: 0, call: number, id, name: 't' })
const args = (number: number, value: string): StreamEvent => ({ type: 'tool_arguments', choice: 0, call: number, text: value })
const finish: StreamEvent = { type: 'finish', choice: 0, stop: { reason: 'stop' } }

/** The stream, encoded event by event, and its end. */
function encode(...events: StreamEvent[]): Json[] {
  const encoder = anthropic.streamEncoder(frame())
  const pieces = events.map((event) => encoder.encode([event]))
  return dataOf(Buffer.concat([...pieces, encoder.end(SOME_BUCKETS)]))
}

/** The blocks in short: each type with its deltas joined. */
function blocks(events: Json[]): string[] {
  const all: string[] = []
  let open: number | undefined
  for (const event of events) {
    const [type, index] = [event['type'], event['index']]
    if (type === 'content_block_start') {
      assert.equal(open, undefined, 'blocks never overlap')
      assert.equal(index, all.length, 'indices grow one by one')
      open = all.length
      all.push(`${String((event['content_block'] as Json)['type'])}:`)
    } else if (type === 'content_block_delta') {
      assert.equal(index, open)
      const { type: kind, ...value } = event['delta'] as Json
      all[all.length - 1] += kind === 'citations_delta' ? '[c]' : Object.values(value).join('')
    } else if (type === 'content_block_stop') {
      assert.equal(index, open)
      open = undefined
    }
  }
  assert.equal(open, undefined, 'every block ends')
  return all
}

test('S2, S3: start once, blocks one by one, then message_delta with the usage and message_stop, and no [DONE]', () => {
  const stream = encode({ type: 'start', id: 'chatcmpl-1', model: 'gpt-x' }, text('A'), text('B'), finish, { type: 'done' })
  assert.deepEqual(
    stream.map(({ type }) => type),
    [
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ],
  )
  assert.deepEqual((memberOf(stream, 0, 'message') as Json)['id'], 'msg_7')
  assert.deepEqual(stream.at(-2), {
    type: 'message_delta',
    delta: { stop_reason: 'end_turn', stop_sequence: null, stop_details: null },
    usage: {
      input_tokens: 12,
      cache_creation_input_tokens: 4,
      cache_read_input_tokens: 3,
      cache_creation: { ephemeral_5m_input_tokens: 4, ephemeral_1h_input_tokens: 0 },
      output_tokens: 5,
    },
  })
})

test('U5: the start tells what was read where the vendor told it by then, and nothing where it did not', () => {
  const startOf = (events: StreamEvent[]): unknown => {
    const [first = ''] = anthropic.streamEncoder(frame()).encode(events).toString().split('\n\n')
    return (JSON.parse(first.slice(first.indexOf('{'))) as { message: { usage: unknown } }).message.usage
  }
  const none = { cache_creation_input_tokens: null, cache_creation: null, output_tokens: 0 }
  const told: StreamEvent = { type: 'usage', usage: { ok: true, buckets: { input: 9, cacheRead: 4, output: 2, reasoning: 1 } } }
  assert.deepEqual(startOf([{ type: 'start' }, text('A'), told]), { input_tokens: 9, cache_read_input_tokens: 4, ...none })
  assert.deepEqual(startOf([{ type: 'start' }, text('A')]), { input_tokens: 0, cache_read_input_tokens: null, ...none })
})

test('every event is named by its type, as official SDKs want it', () => {
  const encoder = anthropic.streamEncoder(frame())
  const bytes = Buffer.concat([encoder.encode([text('A')]), encoder.end(SOME_BUCKETS)])
  for (const { event, data } of rawEvents(bytes)) assert.equal(event, (JSON.parse(data ?? '') as Json)['type'])
})

test('S3: content without a start begins the message; an answer without content has one, too', () => {
  assert.deepEqual(encode(text('A'), finish)[0]?.['type'], 'message_start')
  assert.deepEqual(
    encode(finish).map(({ type }) => type),
    ['message_start', 'message_delta', 'message_stop'],
  )
  assert.equal(encode({ type: 'start' }, { type: 'start' }, text('A')).filter(({ type }) => type === 'message_start').length, 1)
})

test('S4: a block is opened by its first content, and what changes the block is not lost', () => {
  const reasoning = (value: string): StreamEvent => ({ type: 'reasoning', choice: 0, text: value })
  assert.deepEqual(blocks(encode(text(''), reasoning(''), reasoning('h'), reasoning('m'), text('A'), reasoning('x'), text('B'), finish)), [
    'thinking:hm',
    'text:A',
    'thinking:x',
    'text:B',
  ])
  const encoder = anthropic.streamEncoder(frame())
  const both = encoder.encode([reasoning('hm'), text('A')])
  assert.deepEqual(blocks(dataOf(Buffer.concat([both, encoder.end({})]))), ['thinking:hm', 'text:A'])
})

test('M6: a signature ends its block, also without shown thinking; whose it is is marked; redacted thinking is a block', () => {
  const stream = encode(
    { type: 'reasoning', choice: 0, text: 'hm' },
    { type: 'reasoning_signature', choice: 0, signature: 'a', origin: 'anthropic' },
    { type: 'reasoning_signature', choice: 0, signature: 'b', origin: 'gemini' },
    { type: 'redacted_reasoning', choice: 0, data: 'x', origin: 'openai-responses' },
    text('A'),
    finish,
  )
  assert.deepEqual(blocks(stream), ['thinking:hma', 'thinking:gemini:b', 'redacted_thinking:', 'text:A'])
  const data = stream.flatMap((event) => ((event['content_block'] as Json | undefined)?.['data'] as string | undefined) ?? [])
  assert.deepEqual(data, ['openai-responses:x'])
})

const CALLS: [guarantee: string, events: StreamEvent[], blocks: string[]][] = [
  [
    'one after the other',
    [text('A'), call(0), args(0, '{"a":'), args(0, '1}'), call(1), args(1, '{}')],
    ['text:A', 'tool_use:{"a":1}', 'tool_use:{}'],
  ],
  ['one without arguments before one with', [call(0), call(1), args(1, '{"b":1}')], ['tool_use:', 'tool_use:{"b":1}']],
  ['all without arguments', [call(0), call(1), call(2)], ['tool_use:', 'tool_use:', 'tool_use:']],
  [
    'all begun before the first argument',
    [call(0), call(1), args(0, '{"a":1}'), args(1, '{"b":'), args(1, '2}')],
    ['tool_use:{"a":1}', 'tool_use:{"b":2}'],
  ],
  [
    'fragments of two calls in turns',
    [call(0), args(0, '{"a":"}'), call(1), args(1, '{"b":'), args(0, '{"}'), args(1, '2}')],
    ['tool_use:{"a":"}{"}', 'tool_use:{"b":2}'],
  ],
  [
    'three in turns',
    [call(0), call(1), call(2), args(0, '{'), args(2, '{"c":3}'), args(1, '{"b":2}'), args(0, '}')],
    ['tool_use:{}', 'tool_use:{"b":2}', 'tool_use:{"c":3}'],
  ],
  [
    'text after calls that wait',
    [call(0), args(0, '{"a":'), call(1), args(1, '{}'), text('B')],
    ['tool_use:{"a":', 'tool_use:{}', 'text:B'],
  ],
]

for (const [guarantee, events, expected] of CALLS) {
  test(`T1, S3: parallel calls never overlap: ${guarantee}`, () => assert.deepEqual(blocks(encode(...events, finish)), expected))
}

test('S8: fragments of a running call are passed on at once', () => {
  const encoder = anthropic.streamEncoder(frame())
  encoder.encode([call(0)])
  assert.equal(dataOf(encoder.encode([args(0, '{"a')])).length, 1)
})

test('R2: a stream with tool calls ends by tool_use; a refusal by refusal; R3: with the sequence that matched', () => {
  const reason = (...events: StreamEvent[]): unknown => (memberOf(encode(...events), -2, 'delta') as Json)['stop_reason']
  assert.equal(reason(call(0), finish), 'tool_use')
  assert.equal(reason({ type: 'refusal', choice: 0, text: 'No.' }, finish), 'refusal')
  const stop: StreamEvent = { type: 'finish', choice: 0, stop: { reason: 'stop_sequence', sequence: 'END' } }
  assert.deepEqual(encode(text('A'), stop).at(-2)?.['delta'], { stop_reason: 'stop_sequence', stop_sequence: 'END', stop_details: null })
})

test('T4: the id of a call carries its thought signature', () => {
  const signed: StreamEvent = { type: 'tool_call', choice: 0, call: 0, id: 'call_1', name: 't', signature: 's' }
  const block = encode(signed, finish).find(({ type }) => type === 'content_block_start')?.['content_block']
  assert.deepEqual(block, { type: 'tool_use', id: 'call_1__sig__cw_f0cb859f', name: 't', input: {} })
})

test('citations stay in the block of their text; without one they are left out, and no block is empty', () => {
  const citation: StreamEvent = { type: 'citation', choice: 0, citation: { url: 'https://x.example' } }
  assert.deepEqual(blocks(encode(text('A'), citation, text('B'), finish)), ['text:A[c]B'])
  assert.deepEqual(blocks(encode(citation, finish)), [])
})

test('other choices, usage and errors of the upstream are nothing to write', () => {
  const events: StreamEvent[] = [
    { type: 'text', choice: 1, text: 'X' },
    { type: 'usage', usage: { ok: true, buckets: { input: 1 } } },
    { type: 'error', message: 'x', raw: {} },
    { type: 'done' },
  ]
  assert.equal(anthropic.streamEncoder(frame()).encode(events).length, 0)
})

test('S11: arguments of calls that wait for their turn are kept up to a bound', () => {
  const encoder = anthropic.streamEncoder(frame())
  const megabyte = 'x'.repeat(1024 * 1024)
  encoder.encode([call(0), args(0, '{"a":'), call(1)])
  assert.throws(() => encoder.encode([args(1, `{"b":"${megabyte}"}`)]), /larger than/)
  const next = anthropic.streamEncoder(frame())
  for (let round = 0; round < 8; round++) {
    next.encode([call(2 * round), args(2 * round, '{"a":'), call(2 * round + 1), args(2 * round + 1, `{"b":"${megabyte.slice(9)}"}`)])
    next.encode([args(2 * round, '1}'), text('and')])
  }
})

test('S11: memory stays what it is, whatever the length of the stream', () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const encoder = anthropic.streamEncoder(frame())
  const decoder = anthropic.streamDecoder()
  const megabyte = 1024 * 1024
  const stream = (rounds: number): void => {
    for (let round = 0; round < rounds; round++) {
      const bytes = encoder.encode([
        text(String(round).padEnd(megabyte / 2, 'x')),
        call(round),
        args(round, `{"a":"${'y'.repeat(megabyte / 4)}"}`),
      ])
      for (const event of rawEvents(bytes)) decoder.decode(event)
    }
  }
  stream(2)
  collect()
  const before = process.memoryUsage().heapUsed
  stream(40)
  collect()
  assert.ok(process.memoryUsage().heapUsed - before < 4 * megabyte)
})
