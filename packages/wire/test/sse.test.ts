import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MAX_EVENT_BYTES, SseEventTooLarge, SseSplitter } from '../src/index.ts'
import type { RawEvent } from '../src/index.ts'

/** Splits the stream, cut at the offsets. */
function split(stream: Buffer, cuts: number[]): { events: RawEvent[]; rest: Buffer } {
  const splitter = new SseSplitter()
  const events: RawEvent[] = []
  let from = 0
  for (const to of [...cuts, stream.length]) {
    events.push(...splitter.push(stream.subarray(from, to)))
    from = to
  }
  return { events, rest: splitter.end() }
}

function dataOf(events: RawEvent[]): string[] {
  return events.flatMap(({ data }) => (data === undefined ? [] : [data]))
}

const STREAM = '\uFEFFdata: {"a":"é€😀"}|||: ping||event: error|data: one|data:two|data||||data: [DONE]||'
const DATA = ['{"a":"é€😀"}', 'one\ntwo\n', '[DONE]']

for (const [name, end] of [
  ['LF', '\n'],
  ['CRLF', '\r\n'],
  ['CR', '\r'],
] as const) {
  test(`S1: events are whole whatever byte the chunk ends at (${name})`, () => {
    const stream = Buffer.from(STREAM.replaceAll('|', end))
    for (let cut = 0; cut <= stream.length; cut++) {
      const { events, rest } = split(stream, [cut])
      assert.deepEqual(dataOf(events), DATA, `cut at ${cut}`)
      assert.deepEqual(Buffer.concat([...events.map(({ raw }) => raw), rest]), stream)
    }
    const single = split(stream, Array.from(stream.keys()))
    assert.deepEqual(dataOf(single.events), DATA)
    assert.equal(single.events.find(({ data }) => data?.startsWith('one'))?.event, 'error')
  })
}

test('an event comes with the chunk that completes it, not with the next', () => {
  const splitter = new SseSplitter()
  assert.equal(splitter.push(Buffer.from('data: a\n')).length, 0)
  assert.deepEqual(
    splitter.push(Buffer.from('\ndata: b')).map(({ data }) => data),
    ['a'],
  )
  assert.deepEqual(
    splitter.push(Buffer.from('\r\n\r')).map(({ data }) => data),
    [],
  )
  assert.deepEqual(
    splitter.push(Buffer.from('\n')).map(({ data }) => data),
    ['b'],
  )
  const carriageReturns = new SseSplitter()
  assert.deepEqual(
    carriageReturns.push(Buffer.from('data: c\r\r')).map(({ data }) => data),
    ['c'],
  )
})

test('comments and blank lines pass as raw bytes without data', () => {
  const { events } = split(Buffer.from(': ping\n\n\nid: 1\nretry: 5\n\n'), [])
  assert.deepEqual(
    events.map(({ raw, data }) => [raw.toString(), data]),
    [
      [': ping\n\n', undefined],
      ['\n', undefined],
      ['id: 1\nretry: 5\n\n', undefined],
    ],
  )
})

test('what has no terminator is left at the end', () => {
  const { events, rest } = split(Buffer.from('data: a\n\ndata: b\n'), [3, 12])
  assert.deepEqual(dataOf(events), ['a'])
  assert.equal(rest.toString(), 'data: b\n')
})

test('an event is buffered up to 1 MB and no further', () => {
  const splitter = new SseSplitter()
  const chunk = Buffer.alloc(64 * 1024, 0x61)
  assert.throws(() => {
    for (let bytes = 0; bytes <= MAX_EVENT_BYTES; bytes += chunk.length) splitter.push(chunk)
  }, SseEventTooLarge)
  assert.throws(() => new SseSplitter().push(Buffer.from(`data: ${'a'.repeat(MAX_EVENT_BYTES)}\n\n`)), SseEventTooLarge)
  assert.equal(new SseSplitter().push(Buffer.from(`data: ${'a'.repeat(MAX_EVENT_BYTES - 8)}\n\n`)).length, 1)
})
