import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gemini } from '../../src/gemini/dialect.ts'
import { PartialArguments } from '../../src/gemini/partial-args.ts'
import type { JsonObject } from '../../src/json/object.ts'
import { decodeStream, raw, saidIn } from './support.ts'

function chunk(parts: unknown[], members: JsonObject = {}): JsonObject {
  const { finishReason, index, ...others } = members
  const candidate = {
    content: { parts, role: 'model' },
    ...(finishReason === undefined ? {} : { finishReason }),
    ...(index === undefined ? {} : { index }),
  }
  return { candidates: [candidate], responseId: 'r1', modelVersion: 'm', ...others }
}

const USAGE = { promptTokenCount: 5, candidatesTokenCount: 2, totalTokenCount: 7 }

test('a chunk says what is new: ids once, text and thought apart, the finish after them, usage last', () => {
  const events = decodeStream(gemini, [
    chunk([{ text: 'hm', thought: true }, { text: 'a' }], { createTime: '2026-05-04T20:01:02.26Z' }),
    chunk([{ text: 'b' }], { finishReason: 'STOP', usageMetadata: USAGE }),
  ])
  assert.deepEqual(events, [
    { type: 'start', id: 'r1', model: 'm', created: 1_777_924_862 },
    { type: 'reasoning', choice: 0, text: 'hm' },
    { type: 'text', choice: 0, text: 'a' },
    { type: 'text', choice: 0, text: 'b' },
    { type: 'finish', choice: 0, stop: { reason: 'stop' } },
    { type: 'usage', usage: { ok: true, buckets: { input: 5, output: 2 } } },
  ])
})

test('T1, R2: whole calls of several chunks count on, each with id and arguments; the end is one for tool calls', () => {
  const events = decodeStream(gemini, [
    chunk([{ functionCall: { name: 'f', args: { a: 1 } }, thoughtSignature: 'S' }, { functionCall: { name: 'f' } }]),
    chunk([{ functionCall: { name: 'g', id: 'own', args: {} } }], { finishReason: 'STOP' }),
  ])
  const { calls, finish } = saidIn(events)
  assert.deepEqual(
    calls.map((call) => [call.name, call.arguments, call.signature]),
    [
      ['f', '{"a":1}', 'S'],
      ['f', '{}', undefined],
      ['g', '{}', undefined],
    ],
  )
  assert.deepEqual([new Set(calls.map((call) => call.id)).size, calls[2]?.id, finish], [3, 'own', 'tool_calls'])
})

const PIECES: [what: string, pieces: JsonObject[], json: unknown][] = [
  ['nothing', [], {}],
  [
    'a string in parts',
    [
      { jsonPath: '$.a', stringValue: 'x"', willContinue: true },
      { jsonPath: '$.a', stringValue: '\ny', willContinue: true },
      { jsonPath: '$.a', stringValue: '' },
    ],
    { a: 'x"\ny' },
  ],
  [
    'a pair of surrogates in parts',
    [
      { jsonPath: '$.a', stringValue: '\ud83d', willContinue: true },
      { jsonPath: '$.a', stringValue: '\ude42' },
    ],
    { a: '🙂' },
  ],
  [
    'every kind of value',
    [
      { jsonPath: '$.a', numberValue: 0.5 },
      { jsonPath: '$.b', boolValue: false },
      { jsonPath: '$.c', nullValue: 'NULL_VALUE' },
      { jsonPath: '$.d', stringValue: '' },
    ],
    { a: 0.5, b: false, c: null, d: '' },
  ],
  [
    'nesting',
    [
      { jsonPath: '$.a[0].b', numberValue: 1 },
      { jsonPath: '$.a[0].c[0]', numberValue: 2 },
      { jsonPath: '$.a[0].c[1]', numberValue: 3 },
      { jsonPath: '$.a[1].b', numberValue: 4 },
      { jsonPath: '$.d', numberValue: 5 },
    ],
    { a: [{ b: 1, c: [2, 3] }, { b: 4 }], d: 5 },
  ],
  [
    'lists of lists',
    [
      { jsonPath: '$.a[0][0]', numberValue: 1 },
      { jsonPath: '$.a[0][1]', numberValue: 2 },
      { jsonPath: '$.a[1][0]', numberValue: 3 },
    ],
    { a: [[1, 2], [3]] },
  ],
  [
    'elements passed over',
    [
      { jsonPath: '$.a[1]', numberValue: 1 },
      { jsonPath: '$.a[3]', numberValue: 2 },
    ],
    { a: [null, 1, null, 2] },
  ],
  [
    'names in brackets',
    [
      { jsonPath: "$['a b'].c", numberValue: 1 },
      { jsonPath: '$["it\'s"]', numberValue: 2 },
    ],
    { 'a b': { c: 1 }, "it's": 2 },
  ],
  [
    'a string that does not end before another value',
    [
      { jsonPath: '$.a', stringValue: 'x', willContinue: true },
      { jsonPath: '$.b', numberValue: 1 },
    ],
    { a: 'x', b: 1 },
  ],
  ['a string that never ends', [{ jsonPath: '$.a.b', stringValue: 'x', willContinue: true }], { a: { b: 'x' } }],
  [
    'pieces that are broken',
    [
      { jsonPath: 'a', numberValue: 1 },
      { jsonPath: '$.b[', numberValue: 1 },
      { jsonPath: '$.c' },
      { jsonPath: '$[0]', numberValue: 1 },
      { jsonPath: '$.d', numberValue: 2 },
    ],
    { d: 2 },
  ],
]

test('T1, T2: arguments that come in pieces become one JSON text, written as they come', () => {
  for (const [what, pieces, json] of PIECES) {
    const writer = new PartialArguments()
    const text = pieces.map((piece) => writer.write([piece])).join('')
    assert.deepEqual(JSON.parse(text + writer.end()), json, what)
    const again = new PartialArguments()
    assert.deepEqual(JSON.parse(again.write(pieces) + again.end()), json, `${what}, at once`)
    assert.equal(again.end(), '')
  }
})

test('a call in pieces ends with an empty one, with one that does not go on, with the next, or with the answer', () => {
  const begin = { functionCall: { name: 'f', willContinue: true } }
  const piece = (willContinue: boolean) => ({
    functionCall: { partialArgs: [{ jsonPath: '$.a', numberValue: 1 }], ...(willContinue ? { willContinue } : {}) },
  })
  const streams: [what: string, parts: unknown[], calls: string[]][] = [
    ['an empty one', [begin, piece(true), { functionCall: {} }, { text: 'x' }], ['{"a":1}']],
    ['one that does not go on', [begin, piece(false), { functionCall: {} }], ['{"a":1}']],
    ['the next', [begin, piece(true), begin, { functionCall: {} }], ['{"a":1}', '{}']],
    ['a whole one', [begin, piece(true), { functionCall: { name: 'g', args: { b: 2 } } }], ['{"a":1}', '{"b":2}']],
    ['a text', [begin, piece(true), { text: 'x' }], ['{"a":1}']],
    ['the answer', [begin, piece(true)], ['{"a":1}']],
    ['arguments at once after all', [begin, { functionCall: { args: { c: 3 } } }], ['{"c":3}']],
    ['a piece of nothing', [{ functionCall: {} }, piece(true)], []],
  ]
  for (const [what, parts, calls] of streams) {
    const events = decodeStream(gemini, [...parts.map((part) => chunk([part])), chunk([], { finishReason: 'STOP' })])
    assert.deepEqual(
      saidIn(events).calls.map((call) => call.arguments),
      calls,
      what,
    )
  }
})

test('R3, S5: a blocked prompt finishes; an error is one; what is broken or says nothing is passed over', () => {
  const blocked = decodeStream(gemini, [
    { promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: { promptTokenCount: 5, totalTokenCount: 5 } },
  ])
  assert.deepEqual(blocked.slice(1), [
    { type: 'finish', choice: 0, stop: { reason: 'content_filter', raw: 'SAFETY' } },
    { type: 'usage', usage: { ok: true, buckets: { input: 5, output: 0 } } },
  ])
  const error = { error: { code: 503, message: 'overloaded', status: 'UNAVAILABLE' } }
  assert.deepEqual(decodeStream(gemini, [error]), [{ type: 'error', message: 'overloaded', raw: error }])
  assert.deepEqual(decodeStream(gemini, ['{"candidates":[', '[]', 'null', {}, '']), [])
  const odd = { candidates: [null, 'x', { content: { parts: [1, null, {}] } }, { content: 5 }], usageMetadata: USAGE }
  assert.deepEqual(decodeStream(gemini, [odd]).at(-1), { type: 'usage', usage: { ok: true, buckets: { input: 5, output: 2 } } })
})

test('R3: a blocked prompt ends all answers that were asked for, passed through as well', () => {
  const blocked = raw({ promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: { promptTokenCount: 5, totalTokenCount: 5 } })
  for (const choices of [1, 3]) {
    const { finished, keepBack } = gemini.streamReader(choices).read(blocked)
    assert.deepEqual([finished, keepBack], [true, true], `${choices} choices`)
  }
})

test('U3: usage in every chunk is cumulative; one that tells no counts does not take it back', () => {
  const reader = gemini.streamReader(1)
  const steps = [
    chunk([{ text: 'a' }], { usageMetadata: { promptTokenCount: 5, totalTokenCount: 5 } }),
    chunk([{ text: 'b' }], { usageMetadata: USAGE }),
    chunk([{ text: 'c' }], { usageMetadata: { trafficType: 'ON_DEMAND' } }),
    chunk([{ text: '' }], { finishReason: 'STOP' }),
  ].map((one) => reader.read(raw(one)))
  assert.deepEqual(
    steps.map((step) => (step.usage?.ok === true ? step.usage.buckets : undefined)),
    [{ input: 5, output: 0 }, { input: 5, output: 2 }, undefined, undefined],
  )
})

test('M16: the event that every choice has finished with is kept back, and what follows; before that none is', () => {
  const reader = gemini.streamReader(2)
  const steps = [
    chunk([{ text: 'a' }]),
    chunk([], { finishReason: 'STOP' }),
    chunk([{ text: 'b' }], { finishReason: 'STOP', index: 1 }),
  ].map((one) => reader.read(raw(one)))
  assert.deepEqual(
    steps.map((step) => [step.finished, step.keepBack ?? false, step.text]),
    [
      [false, false, 'a'],
      [false, false, ''],
      [true, true, 'b'],
    ],
  )
})
