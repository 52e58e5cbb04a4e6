import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StreamEvent } from '../../src/canonical/answer.ts'
import { cohere } from '../../src/cohere/dialect.ts'
import type { StreamStep } from '../../src/dialect.ts'
import type { RawEvent } from '../../src/sse/split.ts'
import { eventsOf, frame, partsOf, PROBLEM, sseOf } from './support.ts'

const BUCKETS = { input: 3, output: 4 }

function event(data: unknown, name?: string): RawEvent {
  const text = typeof data === 'string' ? data : JSON.stringify(data)
  return { raw: Buffer.from(`data: ${text}\n\n`), data: text, event: name }
}

function stepsOf(...events: RawEvent[]): StreamStep[] {
  const reader = cohere.streamReader(1)
  return events.map((each) => reader.read(each))
}

function written(events: StreamEvent[][]): { types: (string | undefined)[]; bytes: Buffer } {
  const encoder = cohere.streamEncoder(frame())
  const bytes = Buffer.concat([...events.map((some) => encoder.encode(some)), encoder.end(BUCKETS)])
  return { types: sseOf(bytes).map((each) => each.event), bytes }
}

const END = { type: 'message-end', delta: { finish_reason: 'COMPLETE', usage: { billed_units: { input_tokens: 3, output_tokens: 4 } } } }

test('M16: message-end is kept back with its usage, for [DONE] may follow; [DONE] is the end', () => {
  const [start, text, end, done] = stepsOf(
    event({ type: 'message-start', id: 'x', delta: { message: { role: 'assistant' } } }),
    event({ type: 'content-delta', index: 0, delta: { message: { content: { text: 'hi' } } } }),
    event(END),
    event('[DONE]'),
  )
  assert.deepEqual([start?.kind, start?.finished, start?.keepBack], ['delta', false, undefined])
  assert.deepEqual([text?.kind, text?.text, text?.finished], ['delta', 'hi', false])
  assert.deepEqual([end?.kind, end?.finished, end?.keepBack, end?.usageOnly], ['delta', true, true, false])
  assert.deepEqual(end?.usage, { ok: true, buckets: BUCKETS })
  assert.equal(done?.kind, 'done')
})

test('the type of an event is told by its data, or else by its name; the ids are remembered', () => {
  const reader = cohere.streamReader(1)
  reader.read(event({ id: 'abc', delta: { message: {} } }, 'message-start'))
  assert.deepEqual(reader.ids, { id: 'abc' })
  assert.equal(reader.read(event({ delta: { finish_reason: 'COMPLETE' } }, 'message-end')).finished, true)
})

test('S5, M20: an answer that ends in an error is an error with its usage, whatever the word', () => {
  for (const word of ['ERROR', 'TIMEOUT', 'USER_CANCEL']) {
    const [step] = stepsOf(event({ type: 'message-end', delta: { ...END.delta, finish_reason: word, error: 'boom' } }))
    assert.deepEqual([step?.kind, step?.error?.message, step?.usage?.ok, step?.finished], ['error', 'boom', true, false])
  }
  const [silent] = stepsOf(event({ type: 'message-end', delta: { finish_reason: 'TIMEOUT' } }))
  assert.match(silent?.error?.message ?? '', /TIMEOUT/)
  assert.equal(stepsOf(event({ message: 'internal server error' }))[0]?.kind, 'error')
  assert.equal(stepsOf(event('broken', 'error'))[0]?.kind, 'error')
})

test('malformed and unknown events are passed over', () => {
  for (const odd of [
    '{"type":',
    '[]',
    '7',
    { type: 'debug', prompt: 'p' },
    { type: 'content-delta' },
    { type: 'tool-call-delta', index: 9, delta: 3 },
  ])
    assert.deepEqual(cohere.streamDecoder().decode(event(odd)), [], JSON.stringify(odd))
  assert.deepEqual(cohere.streamDecoder().decode({ raw: Buffer.from(': ping\n\n'), data: undefined, event: undefined }), [])
})

function toolCall(index: number, fragments: string[], inStart = ''): RawEvent[] {
  const call = (value: object): object => ({ delta: { message: { tool_calls: value } } })
  return [
    event({ type: 'tool-call-start', index, ...call({ id: `id${index}`, function: { name: `f${index}`, arguments: inStart } }) }),
    ...fragments.map((text) => event({ type: 'tool-call-delta', index, ...call({ function: { arguments: text } }) })),
    event({ type: 'tool-call-end', index }),
  ]
}

const CALLS: [name: string, events: RawEvent[], args: string[]][] = [
  ['in fragments, two calls', [...toolCall(0, ['{"a"', ':1}']), ...toolCall(1, ['{}'])], ['{"a":1}', '{}']],
  ['none', toolCall(0, []), ['{}']],
  ['null', toolCall(0, ['null']), ['{}']],
  ['whole in the start', toolCall(0, [], '{"a":1}'), ['{"a":1}']],
  ['numbered from one', toolCall(1, ['{"a":1}']), ['{"a":1}']],
]

for (const [name, events, args] of CALLS) {
  test(`T1, T2: arguments of calls: ${name}`, () => {
    const decoder = cohere.streamDecoder()
    const decoded = events.flatMap((each) => decoder.decode(each))
    assert.deepEqual(
      decoded.flatMap((each) => (each.type === 'tool_call' ? [each.call] : [])),
      args.map((_text, index) => index),
    )
    assert.deepEqual(
      partsOf(decoded).map((part) => part.type === 'tool_call' && part.arguments),
      args,
    )
    assert.deepEqual(decoder.decode(event(END))[0], { type: 'finish', choice: 0, stop: { reason: 'tool_calls' } })
  })
}

test('S2, S3, S4: blocks open with their first content, one after the other, and one event ends all', () => {
  const { types, bytes } = written([
    [{ type: 'start', id: 'chatcmpl-1', model: 'up' }],
    [{ type: 'text', choice: 0, text: '' }],
    [
      { type: 'reasoning', choice: 0, text: 'hm' },
      { type: 'text', choice: 0, text: 'a' },
    ],
    [{ type: 'text', choice: 0, text: 'b' }],
    [{ type: 'tool_call', choice: 0, call: 0, id: 'c0', name: 'f' }],
    [{ type: 'tool_arguments', choice: 0, call: 0, text: '{}' }],
    [{ type: 'tool_call', choice: 0, call: 1, id: 'c1', name: 'g', signature: 's' }],
    [{ type: 'text', choice: 1, text: 'of another choice' }],
    [{ type: 'finish', choice: 0, stop: { reason: 'stop' } }],
  ])
  assert.deepEqual(types, [
    'message-start',
    'content-start',
    'content-delta',
    'content-end',
    'content-start',
    'content-delta',
    'content-delta',
    'content-end',
    'tool-call-start',
    'tool-call-delta',
    'tool-call-end',
    'tool-call-start',
    'tool-call-end',
    'message-end',
    undefined,
  ])
  const events = sseOf(bytes)
  assert.equal(events.at(-1)?.data, '[DONE]')
  const end = events.at(-2)?.data as { delta: unknown }
  assert.deepEqual(end.delta, {
    finish_reason: 'TOOL_CALL',
    usage: { billed_units: { input_tokens: 3, output_tokens: 4 }, tokens: { input_tokens: 3, output_tokens: 4 } },
  })
  assert.deepEqual(
    events.flatMap(({ data }) => (typeof data === 'object' && String(data['type']).startsWith('content-start') ? [data['index']] : [])),
    [0, 1],
  )
})

test('S8: nothing is held: each delta is written when it comes', () => {
  const encoder = cohere.streamEncoder(frame())
  assert.match(encoder.encode([{ type: 'text', choice: 0, text: 'a' }]).toString(), /"text":"a"/)
  assert.match(encoder.encode([{ type: 'tool_call', choice: 0, call: 0, id: 'i', name: 'f' }]).toString(), /tool-call-start/)
  assert.match(encoder.encode([{ type: 'tool_arguments', choice: 0, call: 0, text: '{' }]).toString(), /tool-call-delta/)
  assert.equal(encoder.encode([{ type: 'finish', choice: 0, stop: { reason: 'stop' } }]).length, 0)
})

test('an answer of nothing still has its beginning and its end', () => {
  assert.deepEqual(written([]).types, ['message-start', 'message-end', undefined])
})

test('citations are placed in the text; without a place they are for what was said since the last', () => {
  const { bytes } = written([
    [{ type: 'text', choice: 0, text: 'Hello world' }],
    [
      {
        type: 'citation',
        choice: 0,
        citation: { start: 0, end: 5, raw: { dialect: 'cohere', value: { start: 0, end: 5, text: 'Hello', sources: [] } } },
      },
    ],
    [{ type: 'citation', choice: 0, citation: { url: 'https://x' } }],
  ])
  const cited = sseOf(bytes).flatMap(({ event: name, data }) =>
    name === 'citation-start' ? [data as { index: number; delta: object }] : [],
  )
  assert.deepEqual(
    cited.map(({ index }) => index),
    [0, 1],
  )
  assert.deepEqual(cited[0]?.delta, { message: { citations: { start: 0, end: 5, text: 'Hello', sources: [] } } })
  assert.match(JSON.stringify(cited[1]?.delta), /"start":5,"end":11/)
  const citations = eventsOf(bytes).filter(({ type }) => type === 'citation')
  assert.equal(citations.length, 2)
})

test('S5: a refusal in mid-stream ends as a failed answer does, and nothing follows it', () => {
  const [only, ...more] = sseOf(cohere.errorEvent(PROBLEM, { id: 'abc' }))
  assert.equal(more.length, 0)
  assert.deepEqual(only, {
    event: 'message-end',
    data: {
      type: 'message-end',
      id: 'abc',
      delta: { finish_reason: 'ERROR', error: 'too little' },
      message: 'too little',
      problem: PROBLEM,
    },
  })
  assert.deepEqual(
    eventsOf(cohere.errorEvent(PROBLEM, {})).map(({ type }) => type),
    ['error'],
  )
})
