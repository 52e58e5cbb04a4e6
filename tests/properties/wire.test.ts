import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createParser } from 'eventsource-parser'
import * as fc from 'fast-check'
import { ChatStreamReader, patch, readUsage, scanMembers, SseSplitter } from '../../packages/wire/src/index.ts'
import type { Edit, OkScan, RawEvent } from '../../packages/wire/src/index.ts'

const space = fc.stringMatching(/^[ \t\r\n]{0,3}$/)

/** A string as JSON text, some of its characters escaped without need. */
const stringText = fc.tuple(fc.string({ unit: 'binary', maxLength: 12 }), fc.boolean()).map(([text, escape]) => {
  const plain = JSON.stringify(text)
  if (!escape) return plain
  return `"${Array.from(text, (character) =>
    character.length === 1 ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}` : JSON.stringify(character).slice(1, -1),
  ).join('')}"`
})

const nameText = fc.oneof(
  stringText,
  fc.constantFrom('"model"', '"mod\\u0065l"', '"n"', '"stream_options"', '"__proto__"', '"constructor"'),
)
const scalarText = fc.oneof(
  stringText,
  fc.constantFrom('null', 'true', 'false', '0', '-0', '1.5e3', '-12'),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
)

const { value: valueText, object: objectText } = fc.letrec<{ value: string; object: string; array: string }>((tie) => ({
  value: fc.oneof({ maxDepth: 4, withCrossShrink: true }, scalarText, tie('object'), tie('array')),
  object: fc
    .tuple(fc.array(fc.tuple(space, nameText, space, space, tie('value'), space), { maxLength: 5 }), space)
    .map(
      ([members, empty]) =>
        `{${members.length === 0 ? empty : members.map(([a, name, b, c, value, d]) => `${a}${name}${b}:${c}${value}${d}`).join(',')}}`,
    ),
  array: fc
    .tuple(fc.array(fc.tuple(space, tie('value'), space), { maxLength: 4 }), space)
    .map(([items, empty]) => `[${items.length === 0 ? empty : items.map((item) => item.join('')).join(',')}]`),
}))

const documentText = fc.tuple(fc.constantFrom('', '\uFEFF'), space, objectText, space).map((parts) => parts.join(''))

function parse(text: string): Record<string, unknown> {
  return JSON.parse(text.replace(/^\uFEFF/, '')) as Record<string, unknown>
}

function scanned(body: Buffer): OkScan {
  const scan = scanMembers(body)
  assert.ok(scan.ok, JSON.stringify(scan))
  return scan
}

test('scanMembers sees the members that JSON.parse sees, with the same values', () => {
  fc.assert(
    fc.property(documentText, (text) => {
      const body = Buffer.from(text)
      const { members } = scanned(body)
      const parsed = parse(text)
      assert.deepEqual(new Set(members.keys()), new Set(Object.keys(parsed)))
      for (const [name, { valueStart, valueEnd }] of members) {
        assert.deepEqual(JSON.parse(body.toString('utf8', valueStart, valueEnd)), Object.getOwnPropertyDescriptor(parsed, name)?.value)
      }
    }),
    { numRuns: 500 },
  )
})

test('scanMembers ends on any bytes, and takes nothing for whole that JSON.parse would find cut off', () => {
  fc.assert(
    fc.property(documentText, fc.nat(), (text, at) => {
      const body = Buffer.from(text)
      const cut = body.subarray(0, at % body.length)
      const scan = scanMembers(cut)
      if (scan.ok) assert.equal(body.toString('utf8', cut.length).trim(), '')
    }),
    { numRuns: 500 },
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => void scanMembers(Buffer.from(bytes))),
    { numRuns: 500 },
  )
})

test('patch changes its members and not one byte more', () => {
  fc.assert(
    fc.property(documentText, valueText, fc.constantFrom('model', 'max_tokens', 'n'), (text, value, name) => {
      const body = Buffer.from(text)
      const scan = scanned(body)
      const member = scan.members.get(name)
      const edit: Edit = member === undefined ? { insert: name, value } : { replace: name, value }
      const after = patch(body, scan, [edit]).toString()
      const expected = parse(text)
      Object.defineProperty(expected, name, { value: JSON.parse(value), enumerable: true, configurable: true, writable: true })
      assert.deepEqual(parse(after), expected)
      const start = member?.valueStart ?? Math.max(scan.open + 1, ...[...scan.members.values()].map(({ valueEnd }) => valueEnd))
      const kept = Buffer.concat([body.subarray(0, start), body.subarray(member?.valueEnd ?? start)])
      const added = Buffer.byteLength(after) - kept.length
      const bytes = Buffer.from(after)
      assert.deepEqual(Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + added)]), kept)
    }),
    { numRuns: 500 },
  )
})

/** What an independent parser makes of a stream. */
function oracle(stream: string): { event: string | undefined; data: string }[] {
  const events: { event: string | undefined; data: string }[] = []
  const parser = createParser({ onEvent: ({ event, data }) => events.push({ event, data }) })
  parser.feed(stream)
  return events
}

const line = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'é', '😀', ' ', ':', '{', '"', '\\'), maxLength: 8 }).map((text) => `data:${text}`),
  fc.constantFrom('data', 'data: x', ': ping', ':', 'event: error', 'event:', 'id: 7', 'retry: 10', 'other: y', '', ''),
)

const sse = fc
  .tuple(fc.constantFrom('', '\uFEFF'), fc.array(line, { maxLength: 14 }), fc.constantFrom('\n', '\r\n', '\r'), fc.boolean())
  .map(([bom, lines, end, mixed]) => bom + lines.map((text, index) => text + (mixed && index % 3 === 0 ? '\n' : end)).join('') + end)

function splitAt(stream: Buffer, cuts: number[]): { events: RawEvent[]; rest: Buffer } {
  const splitter = new SseSplitter()
  const events: RawEvent[] = []
  let from = 0
  for (const to of [...cuts, stream.length]) {
    events.push(...splitter.push(stream.subarray(from, to)))
    from = to
  }
  return { events, rest: splitter.end() }
}

function dataOf(events: RawEvent[]): { event: string | undefined; data: string }[] {
  return events.flatMap(({ event, data }) => (data === undefined ? [] : [{ event, data }]))
}

test('S1: an SSE stream cut at every byte gives what an independent parser gives, and its bytes joined are the stream', () => {
  fc.assert(
    fc.property(sse, (text) => {
      const stream = Buffer.from(text)
      const expected = oracle(text)
      const everyByte = Array.from(stream.keys())
      for (const cuts of [[], everyByte, ...everyByte.map((cut) => [cut])]) {
        const { events, rest } = splitAt(stream, cuts)
        assert.deepEqual(Buffer.concat([...events.map(({ raw }) => raw), rest]), stream)
        // A stream that ends in `\r` may still be waiting for the `\n` of its last line break.
        const open = rest.length > 0 ? dataOf(new SseSplitter().push(Buffer.concat([rest, Buffer.from('\n\n')]))) : []
        assert.deepEqual([...dataOf(events), ...(text.endsWith('\r') ? open : [])], expected)
      }
    }),
    { numRuns: 200 },
  )
})

const content = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 10 }),
  fc.string({ unit: fc.constantFrom('"', '\\', 'a', '}', ','), maxLength: 6 }),
)

const plain = (delta: unknown, finish: string | null = null): Record<string, unknown> => ({
  id: 'c',
  choices: [{ index: 0, delta, finish_reason: finish }],
  usage: null,
})

/** The repeated shapes come most often, so that one is learnt and then met again, and mimicked by others. */
const chunk = fc.tuple(content, content, content).chain(([text, other, padding]) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constant(plain({ content: text })) },
    { weight: 6, arbitrary: fc.constant({ ...plain({ content: text }), obfuscation: padding }) },
    { weight: 1, arbitrary: fc.constant(plain({ role: 'assistant', content: text }, 'stop')) },
    { weight: 1, arbitrary: fc.constant(plain({ content: text, reasoning_content: other })) },
    { weight: 1, arbitrary: fc.constant({ content: text, ...plain({ content: other }), obfuscation: padding }) },
    {
      weight: 1,
      arbitrary: fc.constant({ ...plain({ content: text }), usage: { prompt_tokens: 1, completion_tokens: 2 }, obfuscation: padding }),
    },
    { weight: 1, arbitrary: fc.constant({ ...plain({ content: text }), obfuscation: padding, error: other }) },
  ),
)

test('chunks that are read without parsing give the same step as parsed ones', () => {
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 20 }), (chunks) => {
      const fast = new ChatStreamReader(1)
      const finished = { seen: false }
      for (const value of chunks) {
        const data = JSON.stringify(value)
        const step = fast.read({ raw: Buffer.from(data), data, event: undefined })
        // A reader that has seen nothing before has to parse.
        const fresh = new ChatStreamReader(1).read({ raw: Buffer.from(data), data, event: undefined })
        finished.seen ||= fresh.finished
        assert.deepEqual(step, { ...fresh, finished: finished.seen })
      }
    }),
    { numRuns: 500 },
  )
})

test('the buckets of readUsage are never negative and add up to the total', () => {
  const count = fc.oneof(fc.nat(50), fc.nat(50), fc.constantFrom(null, undefined))
  const usage = fc.record({
    prompt_tokens: fc.nat(50),
    completion_tokens: fc.nat(50),
    total_tokens: fc.option(fc.nat(150), { nil: undefined }),
    prompt_tokens_details: fc.option(
      fc.record({ cached_tokens: count, audio_tokens: count, image_tokens: count, cache_write_tokens: count }),
    ),
    completion_tokens_details: fc.option(fc.record({ reasoning_tokens: count, audio_tokens: count })),
  })
  fc.assert(
    fc.property(usage, fc.boolean(), (random, truthful) => {
      const told = { ...random, ...(truthful ? { total_tokens: random.prompt_tokens + random.completion_tokens } : {}) }
      const reading = readUsage(told)
      if (!reading.ok) return
      const counts = Object.values(reading.buckets)
      assert.ok(counts.every((bucket) => bucket >= 0))
      assert.equal(
        counts.reduce((sum, bucket) => sum + bucket, 0),
        told.total_tokens ?? told.prompt_tokens + told.completion_tokens,
      )
    }),
    { numRuns: 2000 },
  )
})
