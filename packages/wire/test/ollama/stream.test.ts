import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StreamEvent } from '../../src/canonical/answer.ts'
import { ollama, ollamaGenerate } from '../../src/ollama/dialect.ts'
import { MAX_EVENT_BYTES } from '../../src/sse/split.ts'
import { STREAMS } from './fixtures.ts'
import { eventsOf, frame, lines, linesOf, PROBLEM } from './support.ts'

const BUCKETS = { input: 3, output: 4 }

function said(events: StreamEvent[], type: 'text' | 'reasoning'): string {
  return events.map((event) => (event.type === type ? event.text : '')).join('')
}

function callsIn(events: StreamEvent[]): string[] {
  const calls: string[] = []
  for (const event of events) {
    if (event.type === 'tool_call') calls[event.call] = `${event.name} `
    if (event.type === 'tool_arguments') calls[event.call] += event.text
  }
  return calls
}

function stopIn(events: StreamEvent[]): string | undefined {
  return events.flatMap((event) => (event.type === 'finish' ? [event.stop.reason] : [])).at(-1)
}

for (const fixture of STREAMS) {
  test(`S14, U3: a stream is read: ${fixture.name}`, () => {
    const events = eventsOf(lines(...fixture.lines))
    assert.deepEqual([said(events, 'text'), said(events, 'reasoning'), callsIn(events)], [fixture.text, fixture.thinking, fixture.calls])
    assert.equal(stopIn(events), fixture.stop)
    const [usage] = events.flatMap((event) => (event.type === 'usage' ? [event.usage] : []))
    assert.deepEqual(usage?.ok === true ? usage.buckets : undefined, fixture.buckets)
    assert.deepEqual([events[0]?.type, events.at(-1)?.type], ['start', 'done'])
  })

  test(`S14: a stream says the same when it is encoded again: ${fixture.name}`, () => {
    const events = eventsOf(lines(...fixture.lines))
    const encoder = ollama.streamEncoder(frame())
    const bytes = Buffer.concat([...events.map((event) => encoder.encode([event])), encoder.end(BUCKETS)])
    const again = eventsOf(bytes)
    assert.deepEqual([said(again, 'text'), said(again, 'reasoning'), callsIn(again)], [fixture.text, fixture.thinking, fixture.calls])
    assert.equal(stopIn(again), fixture.stop)
    assert.deepEqual(
      linesOf(bytes)
        .map((line) => line['done'])
        .indexOf(true),
      linesOf(bytes).length - 1,
    )
  })
}

test('M16: the last line is the end, with finish and usage in it, and its text is counted', () => {
  const reader = ollama.streamReader(1)
  const steps = (STREAMS[1]?.lines ?? []).map((line) => reader.read({ raw: Buffer.alloc(0), data: JSON.stringify(line), event: undefined }))
  assert.deepEqual(
    steps.map(({ kind }) => kind),
    ['delta', 'delta', 'done'],
  )
  const last = steps.at(-1)
  assert.deepEqual([last?.text, last?.finished, last?.usageOnly, last?.usage?.ok, last?.keepBack], ['!42', true, false, true, undefined])
  assert.deepEqual(reader.ids, { model: 'qwen3', created: Date.parse('2026-10-26T17:21:21Z') / 1000 })
})

test('T3: calls without ids get one, the same each time, and another in another answer', () => {
  const idsAt = (created: string): string[] =>
    eventsOf(
      lines({ model: 'm', created_at: created, message: { tool_calls: [{ function: { name: 'f' } }, { function: { name: 'f' } }] } }),
    ).flatMap((event) => (event.type === 'tool_call' ? [event.id] : []))
  const ids = idsAt('2026-01-01T00:00:00Z')
  assert.deepEqual(ids, idsAt('2026-01-01T00:00:00Z'))
  assert.equal(new Set([...ids, ...idsAt('2026-01-01T00:00:01Z')]).size, 4)
})

test('S5: an error is a line of its own; a stream that ends without its last line is not finished', () => {
  const events = eventsOf(lines({ model: 'm', message: { content: 'a' }, done: false }, { error: 'out of memory' }))
  assert.deepEqual(events.at(-1), { type: 'error', message: 'out of memory', raw: { error: 'out of memory' } })
  assert.equal(stopIn(events), undefined)
  assert.equal(eventsOf(lines({ error: { message: 'x' } }))[0]?.type, 'error')
})

test('malformed lines are passed over', () => {
  assert.deepEqual(eventsOf(Buffer.from('{"model":\n\n[]\n7\n')), [])
  assert.deepEqual(eventsOf(lines({ message: { content: 3, tool_calls: [4, { function: 5 }, { function: { name: 6 } }] } })), [
    { type: 'start' },
  ])
})

function written(events: StreamEvent[][], dialect = ollama): { each: string[]; end: Record<string, unknown> } {
  const encoder = dialect.streamEncoder(frame())
  const each = events.map((some) => encoder.encode(some).toString())
  return { each, end: linesOf(encoder.end(BUCKETS)).at(-1) ?? {} }
}

const HEAD = { model: 'mine', created_at: '2023-11-14T22:13:20.000Z' }

test('S4, S8: each delta is a line when it comes, thought and text apart, none empty; the last tells usage', () => {
  const { each, end } = written([
    [{ type: 'start', id: 'x' }],
    [{ type: 'text', choice: 0, text: '' }],
    [
      { type: 'reasoning', choice: 0, text: 'hm' },
      { type: 'text', choice: 0, text: 'a' },
    ],
    [{ type: 'text', choice: 1, text: 'of another choice' }],
    [{ type: 'finish', choice: 0, stop: { reason: 'length' } }],
  ])
  assert.deepEqual(
    each.map((bytes) => linesOf(Buffer.from(bytes))),
    [
      [],
      [],
      [
        { ...HEAD, message: { role: 'assistant', content: '', thinking: 'hm' }, done: false },
        { ...HEAD, message: { role: 'assistant', content: 'a' }, done: false },
      ],
      [],
      [],
    ],
  )
  assert.deepEqual(end, {
    ...HEAD,
    message: { role: 'assistant', content: '' },
    done: true,
    done_reason: 'length',
    prompt_eval_count: 3,
    eval_count: 4,
  })
})

test('a completion is streamed as text, not as messages', () => {
  const { each, end } = written([[{ type: 'text', choice: 0, text: 'a' }]], ollamaGenerate)
  assert.deepEqual(linesOf(Buffer.from(each[0] ?? '')), [{ ...HEAD, response: 'a', done: false }])
  assert.deepEqual([end['response'], end['done'], end['message']], ['', true, undefined])
})

const call = (number: number, name: string): StreamEvent => ({ type: 'tool_call', choice: 0, call: number, id: `c${number}`, name })
const args = (number: number, text: string): StreamEvent => ({ type: 'tool_arguments', choice: 0, call: number, text })

test('T1: a call is one line, once it is whole: when the next begins, when something else is said, or at the end', () => {
  const { each } = written([
    [call(0, 'f')],
    [args(0, '{"a"')],
    [args(0, ':1}')],
    [call(1, 'g')],
    [args(1, '{}')],
    [{ type: 'text', choice: 0, text: 'x' }],
  ])
  assert.deepEqual(
    each.map((bytes) => linesOf(Buffer.from(bytes)).length),
    [0, 0, 0, 1, 0, 2],
  )
  const [first] = linesOf(Buffer.from(each[3] ?? '')) as { message: { tool_calls: object[] } }[]
  assert.deepEqual(first?.message.tool_calls, [{ id: 'c0', function: { index: 0, name: 'f', arguments: { a: 1 } } }])
})

test('T1, T2: fragments of calls that alternate stay apart; a call that was cut off is text', () => {
  const encoder = ollama.streamEncoder(frame())
  for (const event of [call(0, 'f'), args(0, '{"a'), call(1, 'g'), args(1, '{"b":2}'), args(0, '":1}'), call(2, 'h'), args(2, '{"cut')])
    encoder.encode([event])
  const all = eventsOf(encoder.end(BUCKETS))
  assert.equal(said(all, 'text'), '{"cut')
  const whole = ollama.streamEncoder(frame())
  const bytes = [call(0, 'f'), args(0, '{"a'), call(1, 'g'), args(1, '{"b":2}'), args(0, '":1}')].map((event) => whole.encode([event]))
  assert.deepEqual(callsIn(eventsOf(Buffer.concat([...bytes, whole.end(BUCKETS)]))), ['f {"a":1}', 'g {"b":2}'])
})

test('S11: arguments are kept up to 1 MB and no further', () => {
  const encoder = ollama.streamEncoder(frame())
  encoder.encode([call(0, 'f')])
  assert.throws(() => encoder.encode([args(0, 'x'.repeat(MAX_EVENT_BYTES + 1))]), /larger than/)
})

test('S5: a refusal in mid-stream is one line with an error, and not done', () => {
  const [only, ...more] = linesOf(ollama.errorEvent(PROBLEM, {}))
  assert.deepEqual([only, more], [{ ...PROBLEM, error: 'too little' }, []])
  assert.equal('done' in (only ?? {}), false)
})
