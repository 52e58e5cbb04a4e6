import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NdjsonSplitter } from '../../src/ollama/ndjson-splitter.ts'
import { MAX_EVENT_BYTES, SseEventTooLarge, type RawEvent } from '../../src/sse/split.ts'

/** Splits the stream, cut at the offsets. */
function split(stream: Buffer, cuts: number[]): { events: RawEvent[]; rest: Buffer } {
  const splitter = new NdjsonSplitter()
  const events: RawEvent[] = []
  let from = 0
  for (const to of [...cuts, stream.length]) {
    events.push(...splitter.push(stream.subarray(from, to)))
    from = to
  }
  return { events, rest: splitter.end() }
}

const STREAM = '\uFEFF{"a":"é€😀"}|{"b":"\\n"}||{"c":3}|'
const DATA = ['{"a":"é€😀"}', '{"b":"\\n"}', undefined, '{"c":3}']

for (const [name, end] of [
  ['LF', '\n'],
  ['CRLF', '\r\n'],
] as const) {
  test(`S1, S14: lines are whole whatever byte the chunk ends at, and every byte passes (${name})`, () => {
    const stream = Buffer.from(STREAM.replaceAll('|', end))
    for (let cut = 0; cut <= stream.length; cut++) {
      const { events, rest } = split(stream, [cut])
      assert.deepEqual(
        events.map(({ data }) => data),
        DATA,
        `cut at ${cut}`,
      )
      assert.deepEqual(Buffer.concat([...events.map(({ raw }) => raw), rest]), stream)
    }
    assert.deepEqual(
      split(stream, Array.from(stream.keys())).events.map(({ data }) => data),
      DATA,
    )
  })
}

test('a line comes with the chunk that completes it, not with the next; what has no end is left', () => {
  const splitter = new NdjsonSplitter()
  assert.equal(splitter.push(Buffer.from('{"a":1}')).length, 0)
  assert.deepEqual(
    splitter.push(Buffer.from('\n{"b"')).map(({ data }) => data),
    ['{"a":1}'],
  )
  assert.equal(splitter.end().toString(), '{"b"')
  assert.equal(splitter.end().length, 0)
})

test('S11: a line is buffered up to 1 MB and no further', () => {
  const splitter = new NdjsonSplitter()
  const chunk = Buffer.alloc(64 * 1024, 0x61)
  assert.throws(() => {
    for (let bytes = 0; bytes <= MAX_EVENT_BYTES; bytes += chunk.length) splitter.push(chunk)
  }, SseEventTooLarge)
  assert.throws(() => new NdjsonSplitter().push(Buffer.from(`${'a'.repeat(MAX_EVENT_BYTES)}\n`)), SseEventTooLarge)
  assert.equal(new NdjsonSplitter().push(Buffer.from(`${'a'.repeat(MAX_EVENT_BYTES - 1)}\n`)).length, 1)
  assert.equal(new NdjsonSplitter().push(Buffer.from('{}\n'.repeat(500_000))).length, 500_000)
})
