import assert from 'node:assert/strict'
import { classify } from '../../packages/providers/src/classify.ts'
import {
  CHAT_USAGE,
  ChatStreamReader,
  SseSplitter,
  UsageScanner,
  readAnswer,
  readChatRequest,
  readUsage,
  scanMembers,
  upstreamBody,
} from '../../packages/wire/src/index.ts'
import type { ChatRequest, RawEvent, UsageReading } from '../../packages/wire/src/index.ts'
import { oddAnswer } from './answers.ts'
import type { Asked } from './answers.ts'
import { Seeded } from './random.ts'
import { requestBody } from './requests.ts'
import type { FuzzOptions } from './run.ts'

/** Puts each input through everything that reads what others sent, and compares it with JSON.parse. Throws at the first that is wrong. */
export function fuzzParsers({ seed, inputs, from = 0 }: FuzzOptions): number {
  for (let number = from; number < from + inputs; number++) {
    const random = new Seeded(Math.imul(seed, 0x85ebca6b) + number)
    try {
      request(random)
      answer(random, false)
      answer(random, true)
    } catch (error) {
      throw new Error(`input ${number} of seed ${seed}`, { cause: error })
    }
  }
  return inputs
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8').replace(/^\ufeff/, ''))
  } catch {
    return undefined
  }
}

function request(random: Seeded): void {
  const body = requestBody(random, 'm')
  scanMembers(body.subarray(0, random.below(body.length + 1)))
  const read = readChatRequest(body)
  const value = parsed(body) as Record<string, unknown> | undefined
  if (!read.ok) {
    assert.match(read.message, /: /)
    return
  }
  assert.ok(value !== undefined, 'what is no JSON is refused')
  assert.equal(read.request.model, value['model'])
  assert.equal(read.request.stream, value['stream'] === true)
  assert.ok(Number.isSafeInteger(read.request.inputBound) && read.request.inputBound > 0)
  assert.equal(typeof read.request.inputText(), 'string')
  changed(read.request, value)
}

/** Only what has to change is changed: the rest parses to the same. */
function changed(read: ChatRequest, value: Record<string, unknown>): void {
  const same = upstreamBody(read, { model: read.model, injectUsage: false })
  assert.equal(same, read.body)
  const body = upstreamBody(read, { model: 'other', injectUsage: true, outputLimit: { member: 'max_tokens', value: 7 } })
  const expected: Record<string, unknown> = { ...value, model: 'other', max_tokens: 7 }
  if (typeof value['max_completion_tokens'] === 'number') expected['max_completion_tokens'] = Math.min(7, value['max_completion_tokens'])
  if (read.stream && !read.includeUsage) expected['stream_options'] = { ...(value['stream_options'] as object | null), include_usage: true }
  assert.deepEqual(parsed(body), expected)
}

function answer(random: Seeded, stream: boolean): void {
  const asked: Asked = { model: 'm', stream, asksForUsage: random.chance(0.8), n: random.between(1, 3), limit: random.between(1, 40) }
  const { bytes } = oddAnswer(random, asked)
  const body = bytes.subarray(bytes.indexOf('\r\n\r\n') + 4)
  classify({ status: random.pick([400, 401, 429, 500]), headers: {}, body: body.toString() }, 0)
  whole(random, body)
  events(random, body, asked.n)
}

function pieces(random: Seeded, bytes: Buffer): Buffer[] {
  const cut: Buffer[] = []
  for (let at = 0; at < bytes.length;) {
    const size = random.chance(0.2) ? 1 : random.between(1, 200)
    cut.push(bytes.subarray(at, at + size))
    at += size
  }
  return cut
}

function whole(random: Seeded, body: Buffer): void {
  const read = readAnswer(body)
  read?.text()
  const scanner = new UsageScanner(CHAT_USAGE)
  for (const piece of pieces(random, body)) scanner.push(piece)
  const scanned = scanner.result()
  const value = parsed(body)
  if (typeof value !== 'object' || value === null || Array.isArray(value) || body[0] !== 0x7b) return
  assert.deepEqual(told(scanned), told(readUsage((value as { usage?: unknown }).usage)))
}

/** Without what it was read from, which may be nested deeper than a comparison can go. */
function told(reading: UsageReading | undefined): unknown {
  if (reading === undefined) return undefined
  return reading.ok ? reading.buckets : reading.reason
}

function split(chunks: Buffer[]): { events: RawEvent[]; rest: Buffer } {
  const splitter = new SseSplitter()
  const found = chunks.flatMap((chunk) => splitter.push(chunk))
  return { events: found, rest: splitter.end() }
}

function events(random: Seeded, body: Buffer, n: number): void {
  const inPieces = split(pieces(random, body))
  assert.deepEqual(Buffer.concat([...inPieces.events.map(({ raw }) => raw), inPieces.rest]), body)
  const atOnce = split([body])
  assert.deepEqual(dataOf(inPieces.events), dataOf(atOnce.events))
  const reader = new ChatStreamReader(n)
  for (const event of inPieces.events) {
    const { text, usage } = reader.read(event)
    const fresh = new ChatStreamReader(n).read(event)
    assert.deepEqual([text, told(usage)], [fresh.text, told(fresh.usage)], 'what was read before changes nothing of what is read now')
  }
}

function dataOf(found: RawEvent[]): (string | undefined)[] {
  return found.map(({ data }) => data).filter((data) => data !== undefined)
}
