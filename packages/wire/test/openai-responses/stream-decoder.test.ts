import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StreamEvent } from '../../src/index.ts'
import { openaiResponses } from '../../src/openai-responses/dialect.ts'
import { raw, saidBy } from './recordings.ts'

const USAGE = { input_tokens: 3, output_tokens: 4, total_tokens: 7 }
const CREATED = { type: 'response.created', response: { id: 'resp_1', model: 'm', created_at: 5.2, usage: null } }

function completed(more: object = {}): object {
  return { type: 'response.completed', response: { id: 'resp_1', status: 'completed', output: [], usage: USAGE, ...more } }
}

function decode(...events: unknown[]): StreamEvent[] {
  const decoder = openaiResponses.streamDecoder()
  return events.flatMap((event) => decoder.decode(raw(event)))
}

function added(index: number, item: object): object {
  return { type: 'response.output_item.added', output_index: index, item }
}

function done(index: number, item: object): object {
  return { type: 'response.output_item.done', output_index: index, item }
}

function args(step: 'delta' | 'done', index: number, value: unknown): object {
  return { type: `response.function_call_arguments.${step}`, output_index: index, [step === 'delta' ? 'delta' : 'arguments']: value }
}

const F = { type: 'function_call', id: 'fc_1', call_id: 'c1', name: 'f' }

test('S2: the terminal event ends the answer, with usage and why; nothing before it does', () => {
  assert.deepEqual(decode(CREATED, completed()), [
    { type: 'start', id: 'resp_1', model: 'm', created: 5 },
    { type: 'usage', usage: { ok: true, buckets: { input: 3, output: 4 } } },
    { type: 'finish', choice: 0, stop: { reason: 'stop' } },
    { type: 'done' },
  ])
  const cut = { type: 'response.incomplete', response: { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } } }
  assert.deepEqual(decode(cut).slice(-2), [
    { type: 'finish', choice: 0, stop: { reason: 'length', raw: 'max_output_tokens' } },
    { type: 'done' },
  ])
})

test('T1: parallel calls, their fragments interleaved, keep their numbers', () => {
  const events = decode(
    added(0, F),
    added(1, { ...F, id: 'fc_2', call_id: 'c2', name: 'g' }),
    args('delta', 1, '{"a"'),
    args('delta', 0, '{}'),
    args('delta', 1, ':1}'),
    completed(),
  )
  assert.deepEqual(saidBy(events).calls, [
    { id: 'c1', name: 'f', arguments: '{}' },
    { id: 'c2', name: 'g', arguments: '{"a":1}' },
  ])
  assert.equal(events.find((event) => event.type === 'finish')?.stop.reason, 'tool_calls')
})

test('T2: arguments are told once, however they come: in pieces, whole, as an object, or with the item alone', () => {
  const whole = '{"a":1}'
  const item = { ...F, arguments: whole }
  const rows: [name: string, ...events: object[]][] = [
    ['in pieces', added(0, F), args('delta', 0, '{"a"'), args('delta', 0, ':1}'), args('done', 0, whole), done(0, item)],
    ['whole at the end of the arguments', added(0, F), args('done', 0, whole), done(0, item)],
    ['an object', added(0, F), args('done', 0, { a: 1 }), done(0, item)],
    ['whole at the end of the item', added(0, F), done(0, item)],
    ['an item that never began', done(0, item)],
    ['an item that begins whole', added(0, item), done(0, item)],
    ['an item told twice', done(0, item), args('done', 0, whole), done(0, item)],
    [
      'by ids instead of indexes',
      { type: 'response.output_item.added', item_id: 'x', item: F },
      { type: 'response.function_call_arguments.done', item_id: 'x', arguments: whole },
    ],
    ['in the last event alone', completed({ output: [item] })],
  ]
  for (const [name, ...events] of rows)
    assert.deepEqual(saidBy(decode(CREATED, ...events)).calls, [{ id: 'c1', name: 'f', arguments: whole }], name)
  assert.deepEqual(saidBy(decode(added(0, F), args('done', 0, ''), done(0, { ...F, arguments: '' }))).calls, [
    { id: 'c1', name: 'f', arguments: '' },
  ])
})

test('T2: custom tools: input in pieces, and usage survives arguments that nobody can read', () => {
  const custom = { type: 'custom_tool_call', call_id: 'c', name: 'sql', input: 'select 1' }
  const piece = { type: 'response.custom_tool_call_input.delta', output_index: 0, delta: 'select 1' }
  assert.deepEqual(decode(added(0, custom), piece, done(0, custom)), [
    { type: 'tool_call', choice: 0, call: 0, id: 'c', name: 'sql', custom: true },
    { type: 'tool_arguments', choice: 0, call: 0, text: 'select 1' },
  ])
  const events = decode(added(0, F), args('delta', 0, 5), args('done', 0, [1]), args('delta', 9, 'x'), completed())
  assert.deepEqual(events.find((event) => event.type === 'usage')?.usage, { ok: true, buckets: { input: 3, output: 4 } })
})

test('texts, refusals and annotations are told once, also where they come only whole', () => {
  const place = { output_index: 0, content_index: 0 }
  const annotation = { type: 'url_citation', url: 'https://a', title: 'A', start_index: 0, end_index: 1 }
  const part = { type: 'output_text', text: 'ab', annotations: [annotation, annotation] }
  const ends = [
    { type: 'response.output_text.done', ...place, text: 'ab' },
    { type: 'response.content_part.done', ...place, part },
    done(0, { type: 'message', content: [part, { type: 'refusal', refusal: 'no' }] }),
  ]
  const pieces = [
    { type: 'response.output_text.delta', ...place, delta: 'a', logprobs: [] },
    { type: 'response.output_text.annotation.added', ...place, annotation },
    { type: 'response.output_text.delta', ...place, delta: 'b' },
  ]
  for (const events of [[...pieces, ...ends], ends, ends.slice(1), ends.slice(2)]) {
    const decoded = decode(added(0, { type: 'message' }), ...events)
    assert.deepEqual(saidBy(decoded), { text: 'ab', refusal: 'no', reasoning: '', calls: [] })
    assert.equal(decoded.filter(({ type }) => type === 'citation').length, 2)
  }
})

test('thoughts: paragraphs of a summary, the text before its summary, what proves them, and whose they are', () => {
  const delta = (kind: string, index: number, text: string): object => ({
    type: `response.${kind}.delta`,
    output_index: 0,
    content_index: index,
    summary_index: index,
    delta: text,
  })
  const summary = [{ text: 'ab' }, { text: 'c' }]
  const shown = decode(
    delta('reasoning_summary_text', 0, 'a'),
    delta('reasoning_summary_text', 0, 'b'),
    delta('reasoning_summary_text', 1, 'c'),
    done(0, { type: 'reasoning', summary, encrypted_content: 'g' }),
  )
  assert.equal(saidBy(shown).reasoning, 'ab\n\nc')
  assert.deepEqual(shown.at(-1), { type: 'reasoning_signature', choice: 0, signature: 'g', origin: 'openai-responses' })
  assert.deepEqual(decode(done(0, { type: 'reasoning', summary: [], encrypted_content: 'g' })), [
    { type: 'redacted_reasoning', choice: 0, data: 'g', origin: 'openai-responses' },
  ])
  assert.equal(saidBy(decode(done(0, { type: 'reasoning', summary }))).reasoning, 'ab\n\nc')
  const both = decode(
    delta('reasoning_text', 0, 'raw'),
    delta('reasoning_summary_text', 0, 'short'),
    done(0, { type: 'reasoning', content: [{ text: 'raw' }], summary }),
  )
  assert.equal(saidBy(both).reasoning, 'raw')
})

test('what the vendor runs comes as parts: images to show, the rest as it is', () => {
  const search = { type: 'web_search_call', id: 'ws_1', status: 'completed' }
  assert.deepEqual(
    decode(
      added(0, search),
      { type: 'response.web_search_call.searching', output_index: 0 },
      done(0, search),
      done(1, { type: 'image_generation_call', id: 'ig_1', result: 'AAAA' }),
    ),
    [
      { type: 'part', choice: 0, part: { type: 'vendor', dialect: 'openai-responses', value: search, at: '' } },
      { type: 'part', choice: 0, part: { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' }, at: '' } },
    ],
  )
})

test('E3, S5: errors in every shape are errors, with their message; usage beside them is kept', () => {
  const failed = { type: 'response.failed', response: { status: 'failed', error: { code: 'server_error', message: 'gone' }, usage: USAGE } }
  assert.deepEqual(
    decode(failed).map(({ type }) => type),
    ['usage', 'error'],
  )
  const rows: [event: unknown, message: string][] = [
    [{ type: 'error', code: 'x', message: 'flat', param: null }, 'flat'],
    [{ type: 'error', error: { type: 'server_error', message: 'nested' } }, 'nested'],
    [{ error: { message: 'bare' } }, 'bare'],
    [failed, 'gone'],
    [completed({ error: { message: 'late' } }), 'late'],
    [{ type: 'response.failed', response: {} }, 'x'],
  ]
  for (const [event, message] of rows.slice(0, -1)) {
    const error = decode(event).find(({ type }) => type === 'error')
    assert.equal(error?.type === 'error' && error.message, message)
  }
  const named = openaiResponses.streamDecoder().decode(raw('not json', 'error'))
  assert.deepEqual(named, [{ type: 'error', message: 'not json', raw: 'not json' }])
})

test('S2: comments, [DONE], malformed and unknown events are passed by', () => {
  const decoder = openaiResponses.streamDecoder()
  assert.deepEqual(decoder.decode({ raw: Buffer.from(': ping\n\n'), data: undefined, event: undefined }), [])
  for (const data of [
    '[DONE]',
    '{"type":"response.output_text.del',
    '[]',
    '"x"',
    'null',
    '{}',
    '{"type":5}',
    '{"type":"keepalive"}',
    '{"type":"response.new","output_index":0}',
  ]) {
    assert.deepEqual(decoder.decode(raw(data)), [], data)
  }
  const odd = [
    'response.output_item.added',
    'response.output_item.done',
    'response.content_part.done',
    'response.output_text.delta',
    'response.output_text.annotation.added',
  ]
  for (const type of odd) assert.deepEqual(decode({ type }, { type, item: 5, part: 5, delta: 5, annotation: 5 }), [], type)
})

test('the type may stand in the name of the event alone; the reader keeps ids and numbers', () => {
  const reader = openaiResponses.streamReader(1)
  assert.equal(reader.read(raw({ output_index: 0, content_index: 0, delta: 'a' }, 'response.output_text.delta')).text, 'a')
  reader.read(raw({ ...CREATED, sequence_number: 4 }))
  assert.deepEqual(reader.ids, { id: 'resp_1', model: 'm', created: 5, sequence: 4 })
  const last = reader.read(raw(completed()))
  assert.deepEqual([last.kind, last.finished, last.usageOnly, last.usage?.ok], ['done', true, false, true])
})
