import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EventStreamBroken, EventStreamSplitter } from '../../src/bedrock/event-stream-splitter.ts'
import { MAX_EVENT_BYTES, type RawEvent } from '../../src/sse/split.ts'
import { checksum, event, exception, message } from './frames.ts'

/** Published with AWS's SDKs for every implementation of the format to be tested against. */
const EMPTY = '000000100000000005c248eb7d98c8ff'
const ONE_HEADER =
  '0000003d0000002007fd83960c636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e7b27666f6f273a27626172277d8d9c08b1'

const STREAM = Buffer.concat([
  event('messageStart', { role: 'assistant', p: 'abc' }),
  event('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'naïve – 😀' } }),
  message({ ':event-type': 'ping', ':message-type': 'event' }, ''),
  event('messageStop', { stopReason: 'end_turn' }),
  exception('throttlingException', { message: 'Too many tokens' }),
])

const EXPECTED = [
  ['messageStart', '{"role":"assistant","p":"abc"}'],
  ['contentBlockDelta', '{"contentBlockIndex":0,"delta":{"text":"naïve – 😀"}}'],
  ['ping', ''],
  ['messageStop', '{"stopReason":"end_turn"}'],
  ['throttlingException', '{"message":"Too many tokens"}'],
]

function split(chunks: Buffer[]): { events: RawEvent[]; rest: Buffer } {
  const splitter = new EventStreamSplitter()
  const events = chunks.flatMap((chunk) => splitter.push(chunk))
  return { events, rest: splitter.end() }
}

function named({ event: name, data }: RawEvent): (string | undefined)[] {
  return [name, data]
}

test("AWS's own vectors are read: checksums, headers, payload", () => {
  const empty = split([Buffer.from(EMPTY, 'hex')])
  assert.deepEqual(empty.events.map(named), [[undefined, '']])
  const one = split([Buffer.from(ONE_HEADER, 'hex')])
  assert.deepEqual(one.events.map(named), [[undefined, "{'foo':'bar'}"]])
  assert.deepEqual(message({ 'content-type': 'application/json' }, "{'foo':'bar'}").toString('hex'), ONE_HEADER)
})

test('S1, S14: a stream cut in two at any byte gives the same events, and the bytes joined are the stream', () => {
  for (let at = 0; at <= STREAM.length; at++) {
    const { events, rest } = split([STREAM.subarray(0, at), STREAM.subarray(at)])
    assert.deepEqual(events.map(named), EXPECTED, `cut at ${at}`)
    assert.deepEqual(Buffer.concat([...events.map(({ raw }) => raw), rest]), STREAM, `cut at ${at}`)
  }
})

test('S1: byte by byte, each event comes with its last byte and not before', () => {
  const splitter = new EventStreamSplitter()
  const arrived: number[] = []
  for (let at = 0; at < STREAM.length; at++) {
    arrived.push(...splitter.push(STREAM.subarray(at, at + 1)).map(() => at + 1))
  }
  let end = 0
  const ends = split([STREAM]).events.map(({ raw }) => (end += raw.length))
  assert.deepEqual(arrived, ends)
  assert.equal(splitter.end().length, 0)
})

test('any damaged byte is noticed, wherever it lies, and nothing is passed off as an event', () => {
  const whole = event('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'ok' } })
  for (let at = 0; at < whole.length; at++) {
    const damaged = Buffer.from(whole)
    damaged[at] = (damaged[at] ?? 0) ^ 0x20
    assert.throws(() => split([damaged]), EventStreamBroken, `byte ${at}`)
  }
})

test('what is no event stream at all is refused by its first bytes', () => {
  assert.throws(() => split([Buffer.from('<html><body>Service Unavailable</body></html>')]), EventStreamBroken)
  assert.throws(() => split([Buffer.from('data: {"text":"ok"}\n\n')]), EventStreamBroken)
})

test('a message that is too large is refused by its prelude, before it is collected', () => {
  const prelude = Buffer.alloc(8)
  prelude.writeUInt32BE(MAX_EVENT_BYTES + 1, 0)
  assert.throws(() => split([prelude, checksum(prelude)]), /is larger than/)
})

test('headers that claim more than the message holds are refused', () => {
  const prelude = Buffer.alloc(8)
  prelude.writeUInt32BE(20, 0)
  prelude.writeUInt32BE(100, 4)
  assert.throws(() => split([prelude, checksum(prelude), Buffer.alloc(8)]), /shorter than its headers/)
})

test('a header whose value runs beyond the headers is refused', () => {
  const head = Buffer.from([1, 0x61, 7, 0, 99])
  const prelude = Buffer.alloc(8)
  prelude.writeUInt32BE(16 + head.length, 0)
  prelude.writeUInt32BE(head.length, 4)
  const start = Buffer.concat([prelude, checksum(prelude), head])
  assert.throws(() => split([Buffer.concat([start, checksum(start)])]), /headers of a message cannot be read/)
})

test('headers of every type are skipped over to the ones that name the event', () => {
  const typed = (name: string, type: number, value: Buffer): Buffer =>
    Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([type]), value])
  const head = Buffer.concat([
    typed('t', 0, Buffer.alloc(0)),
    typed('f', 1, Buffer.alloc(0)),
    typed('b', 2, Buffer.alloc(1)),
    typed('s', 3, Buffer.alloc(2)),
    typed('i', 4, Buffer.alloc(4)),
    typed('l', 5, Buffer.alloc(8)),
    typed('y', 6, Buffer.from([0, 3, 1, 2, 3])),
    typed('d', 8, Buffer.alloc(8)),
    typed('u', 9, Buffer.alloc(16)),
    typed(':event-type', 7, Buffer.from([0, 2, 0x6f, 0x6b])),
  ])
  const prelude = Buffer.alloc(8)
  prelude.writeUInt32BE(16 + head.length, 0)
  prelude.writeUInt32BE(head.length, 4)
  const start = Buffer.concat([prelude, checksum(prelude), head])
  assert.deepEqual(split([Buffer.concat([start, checksum(start)])]).events.map(named), [['ok', '']])
})

test('an error of the framing, which has no payload, becomes the event `error`', () => {
  const failed = message({ ':message-type': 'error', ':error-code': 'InternalFailure', ':error-message': 'it broke' }, '')
  assert.deepEqual(split([failed]).events.map(named), [['error', '{"code":"InternalFailure","message":"it broke"}']])
})

test('S5: a message that is cut off is what is left, not an event', () => {
  const { events, rest } = split([STREAM.subarray(0, STREAM.length - 1)])
  assert.equal(events.length, EXPECTED.length - 1)
  assert.equal(rest.length, STREAM.length - 1 - Buffer.concat(events.map(({ raw }) => raw)).length)
})

test('S11: what is kept of a stream does not grow with it', () => {
  const splitter = new EventStreamSplitter()
  const chunk = event('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'x'.repeat(200) } })
  const before = process.memoryUsage().heapUsed
  for (let count = 0; count < 50_000; count++) splitter.push(chunk)
  assert.ok(process.memoryUsage().heapUsed - before < 64 * 1024 * 1024)
  assert.equal(splitter.end().length, 0)
})
