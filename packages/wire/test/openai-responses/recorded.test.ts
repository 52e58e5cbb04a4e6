import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AnswerFrame, Conversation, StreamEvent, UsageReading } from '../../src/index.ts'
import { believed, INPUT_BUCKETS, OUTPUT_BUCKETS, sumOf } from '../../src/canonical/usage.ts'
import { openaiResponses } from '../../src/openai-responses/dialect.ts'
import { SseSplitter } from '../../src/sse/split.ts'
import { answers, raw, saidBy, saidIn, skip, streams, type Item, type Response } from './recordings.ts'

const CONVERSATION: Conversation = { stream: true, turns: [], others: {}, logprobs: {} }
const FRAME: AnswerFrame = { model: 'mine', requestId: 'req_1', created: 7, includeUsage: true, conversation: CONVERSATION }

function decodeStream(events: readonly string[]): StreamEvent[] {
  const decoder = openaiResponses.streamDecoder()
  return events.flatMap((event) => decoder.decode(raw(event)))
}

function finalResponse(events: readonly string[]): Response {
  return (JSON.parse(events.at(-1) ?? '') as { response: Response }).response
}

/** OpenAI encrypts anew for its last event: what an item ends with is compared. */
function encryptedIn(events: readonly string[]): unknown[] {
  const items = events
    .map((event) => JSON.parse(event) as { type: string; item?: Item })
    .filter(({ type }) => type === 'response.output_item.done')
  return items.map(({ item }) => item?.encrypted_content).filter((encrypted) => encrypted != null)
}

/** The usage adds up to the vendor's own totals; usage that says nothing was used counts as missing (M22). */
function assertUsage(reading: UsageReading | undefined, usage: Response['usage'], name: string): void {
  assert.ok(usage !== null && reading !== undefined, name)
  if (usage.total_tokens === 0) return assert.equal(reading.ok, false, name)
  assert.ok(reading.ok, `${name}: ${JSON.stringify(reading)}`)
  assert.equal(sumOf(reading.buckets, INPUT_BUCKETS), usage.input_tokens, name)
  assert.equal(sumOf(reading.buckets, OUTPUT_BUCKETS), usage.output_tokens, name)
  for (const count of Object.values(reading.buckets)) assert.ok(Number.isSafeInteger(count) && count >= 0, name)
}

test('U1, U2: recorded answers decode with all their text, calls and usage, as plain JSON tells them', { skip }, () => {
  const all = answers()
  assert.ok(all.length >= 20, `only ${all.length} recordings found`)
  for (const { name, content } of all) {
    const response = JSON.parse(content.toString()) as Response
    const answer = openaiResponses.decodeAnswer(content)
    assert.ok(answer, name)
    const [choice] = answer.choices
    const said = saidIn(response.output)
    const parts = choice?.parts ?? []
    const textOf = (type: 'text' | 'refusal' | 'reasoning'): string => parts.map((part) => (part.type === type ? part.text : '')).join('')
    assert.deepEqual([textOf('text'), textOf('refusal'), textOf('reasoning')], [said.text, said.refusal, said.reasoning], name)
    const calls = parts.flatMap((part) => (part.type === 'tool_call' ? [{ id: part.id, name: part.name, arguments: part.arguments }] : []))
    assert.deepEqual(calls, said.calls, name)
    assert.equal(choice?.stop.reason, said.calls.length > 0 ? 'tool_calls' : 'stop', name)
    assert.deepEqual([answer.id, answer.model], [response.id, response.model], name)
    assertUsage(answer.usage, response.usage, name)
    const reading = openaiResponses.readAnswer(content)
    assert.deepEqual(reading?.usage, believed(answer.usage, reading?.hasOutput ?? false), name)
  }
})

test('T2: recorded streams decode to what their last event holds, each piece once', { skip }, () => {
  const all = streams()
  assert.ok(all.length >= 30, `only ${all.length} responses found`)
  for (const { name, content } of all) {
    const response = finalResponse(content)
    const events = decodeStream(content)
    assert.deepEqual(saidBy(events), saidIn(response.output), name)
    assert.deepEqual(
      events.slice(-2).map(({ type }) => type),
      ['finish', 'done'],
      name,
    )
    const finish = events.find((event) => event.type === 'finish')
    assert.equal(finish?.stop.reason, saidIn(response.output).calls.length > 0 ? 'tool_calls' : 'stop', name)
    assert.deepEqual(events[0]?.type === 'start' && [events[0].id, events[0].model], [response.id, response.model], name)
    assertUsage(events.findLast((event) => event.type === 'usage')?.usage, response.usage, name)
  }
})

test('S1, U3: recorded streams pass a reader unchanged and tell text, usage and their end', { skip }, () => {
  for (const { name, content } of streams()) {
    const stream = Buffer.from(content.map((data) => `event: x\r\ndata: ${data}\r\n\r\n`).join(''))
    const splitter = new SseSplitter()
    const reader = openaiResponses.streamReader(1)
    const steps = []
    const passed: Buffer[] = []
    for (let at = 0; at < stream.length; at += 97) {
      for (const event of splitter.push(stream.subarray(at, at + 97))) {
        passed.push(event.raw)
        steps.push(reader.read(event))
      }
    }
    assert.deepEqual(Buffer.concat([...passed, splitter.end()]), stream, name)
    const response = finalResponse(content)
    const { text, refusal, reasoning, calls } = saidIn(response.output)
    const length = [text, refusal, reasoning, ...calls.flatMap((call) => [call.name, call.arguments])].join('').length
    assert.equal(steps.map((step) => step.text).join('').length, length, name)
    assert.deepEqual(
      steps.map(({ kind }) => kind).filter((kind) => kind === 'done' || kind === 'error'),
      ['done'],
      name,
    )
    assert.deepEqual([steps.at(-1)?.kind, steps.at(-1)?.finished, reader.ids.id], ['done', true, response.id], name)
    assertUsage(steps.findLast((step) => step.usage)?.usage, response.usage, name)
  }
})

test('a recorded stream that goes through our encoder says the same, in events that are numbered and named', { skip }, () => {
  for (const { name, content } of streams()) {
    const encoder = openaiResponses.streamEncoder(FRAME)
    const decoder = openaiResponses.streamDecoder()
    const pieces = content.map((event) => encoder.encode(decoder.decode(raw(event))))
    const bytes = Buffer.concat([...pieces, encoder.end({ input: 1, output: 1 })])
    const events = new SseSplitter().push(bytes)
    const data = events.map((event) => JSON.parse(event.data ?? '') as { type: string; sequence_number: number })
    assert.deepEqual(
      data.map(({ sequence_number: number }) => number),
      [...data.keys()],
      name,
    )
    assert.deepEqual(
      events.map(({ event }) => event),
      data.map(({ type }) => type),
      name,
    )
    const written = finalResponse(events.map((event) => event.data ?? ''))
    const { output } = finalResponse(content)
    assert.deepEqual(saidIn(written.output), saidIn(output), name)
    assert.deepEqual(encryptedIn(events.map((event) => event.data ?? '')), encryptedIn(content), name)
    const again = decodeStream(events.map((event) => event.data ?? ''))
    assert.deepEqual(saidBy(again), saidIn(output), name)
  }
})

test('a recorded answer that goes through our encoder says the same', { skip }, () => {
  for (const { name, content } of answers()) {
    const answer = openaiResponses.decodeAnswer(content)
    assert.ok(answer, name)
    const written = JSON.parse(openaiResponses.encodeAnswer(answer, FRAME, { input: 1 }).toString()) as Response
    assert.deepEqual(saidIn(written.output), saidIn((JSON.parse(content.toString()) as Response).output), name)
    assert.deepEqual([written.status, written.model], ['completed', 'mine'], name)
  }
})
