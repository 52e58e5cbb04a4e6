import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Stop, StreamEvent } from '../../src/canonical/answer.ts'
import type { Part } from '../../src/canonical/conversation.ts'
import { cohere } from '../../src/cohere/dialect.ts'
import { decodeCohereVectors, encodeCohereVectors, readCohereVectors } from '../../src/cohere/embed-answer.ts'
import { eventsOf, frame, framed, partsOf } from './support.ts'

const recorded = process.env['FAREGATE_RECORDED']
const folder = recorded === undefined ? undefined : join(recorded, 'cohere')
const skip = folder === undefined ? 'SKIPPED: FAREGATE_RECORDED is not set, no recording of Cohere is replayed' : false

function recordings(ending: string): { name: string; text: string }[] {
  if (folder === undefined) return []
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }))
}

/** What an answer says, in the shape of both readings: ours, and a simple one that shares nothing with it. */
interface Told {
  text: string
  thinking: string
  calls: string[]
  finish: string | undefined
}

const FINISH: Record<string, string> = { COMPLETE: 'stop', TOOL_CALL: 'tool_calls', MAX_TOKENS: 'length' }

function all(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, found = '']) => JSON.parse(`"${found}"`) as string)
}

/** By regular expressions over the recording, which are kept simple enough for that. */
function simply(text: string): Told {
  const said = text.replaceAll(/"citations"[^]*\n {4}\]/g, '')
  const names = all(said, /"name":\s*"((?:[^"\\]|\\.)*)"/g)
  const args = said
    .split(/"tool_calls":\s*(?=[{[])/)
    .slice(1)
    .join('')
    .split(/"name"/)
    .slice(1)
    .map((part) => all(part, /"arguments":\s*"((?:[^"\\]|\\.)*)"/g).join(''))
  return {
    text: [...all(said, /"text":\s*"((?:[^"\\]|\\.)*)"/g), ...all(said, /"tool_plan":\s*"((?:[^"\\]|\\.)*)"/g)].join(''),
    thinking: all(said, /"thinking":\s*"((?:[^"\\]|\\.)*)"/g).join(''),
    calls: names.map((name, index) => `${name} ${['', 'null'].includes(args[index] ?? '') ? '{}' : args[index]}`),
    finish: FINISH[all(said, /"finish_reason":\s*"(\w+)"/g)[0] ?? ''],
  }
}

function told(parts: readonly Part[], stop: Stop | undefined): Told {
  return {
    text: parts.map((part) => (part.type === 'text' ? part.text : '')).join(''),
    thinking: parts.map((part) => (part.type === 'reasoning' ? part.text : '')).join(''),
    calls: parts.flatMap((part) => (part.type === 'tool_call' ? [`${part.name} ${part.arguments}`] : [])),
    finish: stop?.reason,
  }
}

function billedOf(text: string): { input: number; output: number } {
  const units = /"billed_units":\s*\{\s*"input_tokens":\s*(\d+),\s*"output_tokens":\s*(\d+)/.exec(text)
  return { input: Number(units?.[1]), output: Number(units?.[2]) }
}

function usageIn(events: StreamEvent[]): unknown {
  return events.flatMap((event) => (event.type === 'usage' ? [event.usage] : [])).at(-1)
}

function stopIn(events: StreamEvent[]): Stop | undefined {
  return events.flatMap((event) => (event.type === 'finish' ? [event.stop] : [])).at(-1)
}

test('recorded answers decode to what they say, and say the same when they are encoded again', { skip }, () => {
  const answers = recordings('.json').filter(({ text }) => text.includes('"message"'))
  assert.ok(answers.length >= 6, `only ${answers.length} recordings found`)
  for (const { name, text } of answers) {
    const answer = cohere.decodeAnswer(Buffer.from(text))
    const [choice] = answer?.choices ?? []
    assert.ok(answer && choice, name)
    assert.deepEqual(told(choice.parts, choice.stop), simply(text), name)
    assert.deepEqual(answer.usage, { ok: true, buckets: billedOf(text) }, name)
    const reading = cohere.readAnswer(Buffer.from(text))
    assert.deepEqual([reading?.usage, reading?.hasOutput, reading?.error], [answer.usage, true, undefined], name)
    const buckets = answer.usage.ok ? answer.usage.buckets : {}
    const again = cohere.decodeAnswer(cohere.encodeAnswer(answer, frame(), buckets))
    assert.deepEqual(again, answer, name)
  }
})

test('recorded streams decode to what they say, and say the same when they are encoded again', { skip }, () => {
  const streams = recordings('.chunks.txt')
  assert.ok(streams.length >= 4, `only ${streams.length} recordings found`)
  for (const { name, text } of streams) {
    const events = eventsOf(framed(text.split('\n').filter((line) => line !== '')))
    assert.deepEqual(told(partsOf(events), stopIn(events)), simply(text), name)
    assert.deepEqual(usageIn(events), { ok: true, buckets: billedOf(text) }, name)
    assert.equal(events.filter(({ type }) => type === 'done').length, 1, name)
    const encoder = cohere.streamEncoder(frame())
    const bytes = Buffer.concat([...events.map((event) => encoder.encode([event])), encoder.end(billedOf(text))])
    const again = eventsOf(bytes)
    assert.deepEqual(partsOf(again), partsOf(events), name)
    assert.deepEqual([stopIn(again), usageIn(again)], [stopIn(events), usageIn(events)], name)
  }
})

test('a recorded stream passes the reader with its text, and is finished at its end', { skip }, () => {
  for (const { name, text } of recordings('.chunks.txt')) {
    const reader = cohere.streamReader(1)
    const steps = text
      .split('\n')
      .filter((line) => line !== '')
      .map((data) => reader.read({ raw: Buffer.from(data), data, event: undefined }))
    const { text: said, thinking, calls } = simply(text)
    const counted = steps.map((step) => step.text).join('').length
    assert.equal(counted, said.length + thinking.length + calls.join('').length - calls.length, name)
    assert.deepEqual(steps.map((step) => step.finished).indexOf(true), steps.length - 1, name)
    assert.match(reader.ids.id ?? '', /^[0-9a-f-]{36}$/, name)
  }
})

test('the recorded citations are for the text that they repeat, and name their document', { skip }, () => {
  const [recording] = recordings('citations.json')
  const answer = cohere.decodeAnswer(Buffer.from(recording?.text ?? ''))
  const [part] = answer?.choices[0]?.parts ?? []
  assert.ok(part?.type === 'text')
  const cited = (part.citations ?? []).map(({ start, end, document, title }) => [part.text.slice(start, end), document, title])
  assert.deepEqual(cited, [
    ['Automation of tasks', 0, 'benefits.txt'],
    ['Better decision-making', 0, 'benefits.txt'],
    ['Cost reduction', 0, 'benefits.txt'],
  ])
})

test('U7: the recorded vectors are read with what they are billed, and are the same for a caller', { skip }, () => {
  const [recording] = recordings('embedding.json')
  const body = Buffer.from(recording?.text ?? '')
  const answer = decodeCohereVectors(body)
  assert.deepEqual(readCohereVectors(body)?.usage, { ok: true, buckets: { input: 10 } })
  assert.equal(answer?.vectors.float?.length, 2)
  const inputs = ['sunny day at the beach', 'rainy day in the city'].map((text) => ({
    parts: [{ type: 'text' as const, text, at: '' }],
    at: '',
  }))
  const again = encodeCohereVectors(answer, { requestId: 'req_1', embedding: { inputs } }, { input: 10 })
  assert.deepEqual(JSON.parse(again.toString()), JSON.parse(body.toString()))
})
