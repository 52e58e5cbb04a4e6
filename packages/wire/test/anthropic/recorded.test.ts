import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Buckets } from '@faregate/core'
import type { Answer, StreamEvent } from '../../src/canonical/answer.ts'
import type { UsageReading } from '../../src/canonical/usage.ts'
import { anthropic } from '../../src/anthropic/dialect.ts'
import { MESSAGES_USAGE } from '../../src/anthropic/usage.ts'
import { UsageScanner } from '../../src/json/usage-scanner.ts'
import { SseSplitter } from '../../src/sse/split.ts'
import { dataOf, decodeAll, framed, frame, type Json } from './support.ts'

const folder = process.env['FAREGATE_RECORDED']
const skip = folder === undefined ? 'SKIPPED: FAREGATE_RECORDED is not set, no recording of a real provider is replayed' : false

function recordings(ending: string): [name: string, text: string][] {
  const from = join(folder ?? '', 'anthropic')
  const names = readdirSync(from).filter((name) => name.endsWith(ending))
  return names.map((name) => [name, readFileSync(join(from, name), 'utf8')])
}

/** What an answer says, as read by two readers that share nothing. */
interface Said {
  text: string
  thinking: string
  signatures: string[]
  calls: [id: unknown, name: unknown, input: string][]
  stop: unknown
}

/** Arguments as one text, whatever its spaces; what is cut off stays as it is. */
function normal(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json === '' ? '{}' : json))
  } catch {
    return json
  }
}

/** Plain reading of content blocks, whole or as a stream puts them together. */
function saidBy(blocks: Json[], stop: unknown): Said {
  const of = (type: string): Json[] => blocks.filter((block) => block['type'] === type)
  return {
    text: of('text')
      .map((block) => String(block['text']))
      .join(''),
    thinking: of('thinking')
      .map((block) => String(block['thinking']))
      .join(''),
    signatures: of('thinking').flatMap((block) => (typeof block['signature'] === 'string' ? [block['signature']] : [])),
    calls: of('tool_use').map((block) => [
      block['id'],
      block['name'],
      normal(typeof block['json'] === 'string' ? block['json'] : JSON.stringify(block['input'])),
    ]),
    stop,
  }
}

/** Puts a recorded stream together: blocks in order of their start. */
function assembled(events: Json[]): { blocks: Json[]; stop: unknown; usage: Json } {
  const blocks: Json[] = []
  const open = new Map<unknown, Json>()
  let stop: unknown
  const usage: Json = {}
  for (const event of events) {
    const message = event['message'] as Json | undefined
    const delta = event['delta'] as Json | undefined
    for (const block of (message?.['content'] ?? []) as Json[]) blocks.push({ ...block })
    if (event['type'] === 'content_block_start') {
      const block = { ...(event['content_block'] as Json) }
      blocks.push(block)
      open.set(event['index'], block)
    }
    const block = open.get(event['index'])
    if (block !== undefined && delta !== undefined) {
      for (const name of ['text', 'thinking']) if (typeof delta[name] === 'string') block[name] = String(block[name]) + delta[name]
      if (typeof delta['signature'] === 'string') block['signature'] = delta['signature']
      if (typeof delta['partial_json'] === 'string')
        block['json'] = (typeof block['json'] === 'string' ? block['json'] : '') + delta['partial_json']
    }
    stop = message?.['stop_reason'] ?? (event['type'] === 'message_delta' ? delta?.['stop_reason'] : undefined) ?? stop
    for (const told of [message?.['usage'], event['usage']]) {
      for (const [name, value] of Object.entries((told ?? {}) as Json)) if (value !== null) usage[name] = value
    }
  }
  return { blocks, stop, usage }
}

function total(usage: Json): { input: number; output: number } {
  const of = (name: string): number => Number(usage[name] ?? 0)
  return {
    input: of('input_tokens') + of('cache_creation_input_tokens') + of('cache_read_input_tokens'),
    output: of('output_tokens'),
  }
}

function sums(reading: UsageReading | undefined): { input: number; output: number } {
  if (reading?.ok !== true) {
    assert.equal(reading?.reason, 'missing')
    return { input: 0, output: 0 }
  }
  for (const count of Object.values(reading.buckets)) assert.ok(Number.isSafeInteger(count) && count >= 0)
  const { input = 0, cacheRead = 0, cacheWrite = 0, cacheWrite1h = 0, output = 0, reasoning = 0 } = reading.buckets
  return { input: input + cacheRead + cacheWrite + cacheWrite1h, output: output + reasoning }
}

/** The neutral word for each of the vendor's, written down once more. */
const STOPS: Record<string, string> = { end_turn: 'stop', tool_use: 'tool_calls', refusal: 'refusal', max_tokens: 'length' }

function saidIn(events: StreamEvent[]): Said {
  const calls = new Map<number, [unknown, unknown, string]>()
  const said: Said = { text: '', thinking: '', signatures: [], calls: [], stop: undefined }
  for (const event of events) {
    if (event.type === 'text') said.text += event.text
    if (event.type === 'reasoning') said.thinking += event.text
    if (event.type === 'reasoning_signature') said.signatures.push(event.signature)
    if (event.type === 'tool_call') calls.set(event.call, [event.id, event.name, ''])
    if (event.type === 'tool_arguments') (calls.get(event.call) ?? ['', '', ''])[2] += event.text
    if (event.type === 'finish') said.stop = event.stop.reason
  }
  return { ...said, calls: [...calls.values()].map(([id, name, input]) => [id, name, normal(input)]) }
}

function saidInAnswer({ choices }: Answer): Said {
  const [choice] = choices
  const parts = choice?.parts ?? []
  return {
    text: parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join(''),
    thinking: parts.flatMap((part) => (part.type === 'reasoning' ? [part.text] : [])).join(''),
    signatures: parts.flatMap((part) => (part.type === 'reasoning' ? [part.signature ?? ''] : [])),
    calls: parts
      .flatMap((part) => (part.type === 'tool_call' ? [[part.id, part.name, normal(part.arguments)] as const] : []))
      .map(([...call]) => call),
    stop: choice?.stop.reason,
  }
}

/** Several requests of one exchange follow each other in a recording; each ends with its `message_stop`. */
function streams(text: string): string[][] {
  const all: string[][] = [[]]
  for (const line of text.split('\n').filter((item) => item !== '')) {
    all.at(-1)?.push(line)
    if ((JSON.parse(line) as Json)['type'] === 'message_stop') all.push([])
  }
  return all.filter((lines) => lines.length > 0)
}

function bucketsOf(usage: UsageReading | undefined): Buckets {
  return usage?.ok === true ? usage.buckets : {}
}

test(
  'recorded streams: text, thinking, tool calls, stop reason and usage are what a plain reading finds; replayed, the same again',
  { skip },
  () => {
    const all = recordings('.chunks.txt')
    assert.ok(all.length >= 20, `only ${all.length} recordings found`)
    for (const [name, text] of all) {
      for (const [index, lines] of streams(text).entries()) {
        const where = `${name} ${index}`
        const plain = assembled(lines.map((line) => JSON.parse(line) as Json))
        const expected = { ...saidBy(plain.blocks, STOPS[String(plain.stop)]) }
        const events = decodeAll(anthropic.streamDecoder(), framed(lines))
        assert.deepEqual(saidIn(events), expected, where)
        const usage = events.findLast((event) => event.type === 'usage')
        assert.deepEqual(sums(usage?.usage), total(plain.usage), where)
        assert.equal(events.at(-1)?.type, 'done', where)
        assert.deepEqual(
          events.filter(({ type }) => type === 'error'),
          [],
          where,
        )

        const encoder = anthropic.streamEncoder(frame())
        const written = Buffer.concat([encoder.encode(events), encoder.end(bucketsOf(usage?.usage))])
        const again = assembled(dataOf(written))
        const refusal = events.flatMap((event) => (event.type === 'refusal' ? [event.text] : [])).join('')
        assert.deepEqual(saidBy(again.blocks, STOPS[String(again.stop)]), { ...expected, text: expected.text + refusal }, where)
        assert.deepEqual(total(again.usage), total(plain.usage), where)
      }
    }
  },
)

test(
  'recorded streams in chunks of an odd size: the pass-through reader finds text, usage and the end; bytes pass unchanged',
  { skip },
  () => {
    for (const [name, text] of recordings('.chunks.txt')) {
      for (const lines of streams(text)) {
        const stream = framed(lines)
        const splitter = new SseSplitter()
        const reader = anthropic.streamReader(1)
        const steps = []
        const raw: Buffer[] = []
        for (let at = 0; at < stream.length; at += 97) {
          for (const event of splitter.push(stream.subarray(at, at + 97))) {
            steps.push(reader.read(event))
            raw.push(event.raw)
          }
        }
        assert.deepEqual(Buffer.concat(raw), stream, name)
        assert.deepEqual([steps.at(-1)?.kind, steps.at(-1)?.finished], ['done', true], name)
        assert.equal(steps.filter(({ kind }) => kind === 'done').length, 1, name)
        assert.equal(
          steps.some(({ usageOnly }) => usageOnly),
          false,
          name,
        )
        assert.match(reader.ids.id ?? '', /^msg_/, name)
        const { usage } = assembled(lines.map((line) => JSON.parse(line) as Json))
        assert.deepEqual(sums(steps.findLast((step) => step.usage !== undefined)?.usage), total(usage), name)
      }
    }
  },
)

test(
  'recorded answers: content, stop reason and usage are what a plain reading finds, also by the scanner; written again, the same',
  { skip },
  () => {
    const all = recordings('.json')
    assert.ok(all.length >= 15, `only ${all.length} recordings found`)
    for (const [name, text] of all) {
      const plain = JSON.parse(text) as Json
      const body = Buffer.from(text)
      const answer = anthropic.decodeAnswer(body)
      assert.ok(answer !== undefined, name)
      const expected = saidBy(plain['content'] as Json[], STOPS[String(plain['stop_reason'])])
      assert.deepEqual(saidInAnswer(answer), expected, name)
      const reading = anthropic.readAnswer(body)
      assert.deepEqual(sums(reading?.usage), total(plain['usage'] as Json), name)
      assert.equal(reading?.hasOutput, (plain['content'] as Json[]).length > 0 || plain['stop_reason'] === 'refusal', name)
      const scanner = new UsageScanner(MESSAGES_USAGE)
      for (let at = 0; at < body.length; at += 101) scanner.push(body.subarray(at, at + 101))
      assert.deepEqual(scanner.result(), MESSAGES_USAGE.read(plain['usage']), name)

      const written = JSON.parse(anthropic.encodeAnswer(answer, frame(), bucketsOf(answer.usage)).toString()) as Json
      const refusal = answer.choices[0]?.parts.flatMap((part) => (part.type === 'refusal' ? [part.text] : [])).join('') ?? ''
      const again = saidBy(written['content'] as Json[], STOPS[String(written['stop_reason'])])
      // One recording ends a turn in which code at the vendor called tools itself: as an answer of another vendor that is R2.
      const stop = expected.calls.length > 0 ? 'tool_calls' : expected.stop
      assert.deepEqual(again, { ...expected, stop, text: expected.text + refusal }, name)
      assert.deepEqual(total(written['usage'] as Json), total(plain['usage'] as Json), name)
      const others = (blocks: unknown): unknown[] =>
        (blocks as Json[]).filter(({ type }) => !/^(text|thinking|tool_use)$/.test(String(type)))
      assert.deepEqual(others(written['content']), others(plain['content']), `${name}: blocks that only this vendor has stay as they are`)
    }
  },
)
