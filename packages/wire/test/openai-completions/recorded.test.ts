import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StreamEvent, UsageReading } from '../../src/index.ts'
import { openaiCompletions } from '../../src/openai-completions/dialect.ts'
import { answers, exchanges, recordingsMissing, streams } from '../openai-chat/recordings.ts'
import { chunksOf, eventOf, frame, read } from './support.ts'

const PATH = '/v1/completions'
const PLACES = ['openai/completion']
const skip = recordingsMissing

interface Completion {
  choices: { text: string; index: number; finish_reason: string | null }[]
  usage?: { prompt_tokens: number; completion_tokens: number } | null
}

/** Texts and ends by choice, and the two totals of usage, by plain JSON. */
function plainly(chunks: Completion[]): unknown {
  const texts: string[] = []
  const ends: (string | null)[] = []
  for (const { choices } of chunks) {
    for (const { text, index, finish_reason } of choices) {
      texts[index] = `${texts[index] ?? ''}${text}`
      ends[index] = finish_reason ?? ends[index] ?? null
    }
  }
  const usage = chunks.findLast((chunk) => chunk.usage != null)?.usage
  return { texts, ends, usage: usage == null ? undefined : [usage.prompt_tokens, usage.completion_tokens] }
}

function totals(usage: UsageReading | undefined): number[] | undefined {
  return usage?.ok === true ? [usage.buckets.input ?? 0, usage.buckets.output ?? 0] : undefined
}

test('recorded streams decode to what plain JSON shows, pass the reader, and replay as the same', { skip }, () => {
  const all = streams(PATH, PLACES)
  assert.ok(all.length >= 2, `only ${all.length} recordings found`)
  for (const { name, content } of all) {
    const expected = plainly(content.map((data) => JSON.parse(data) as Completion)) as { texts: string[]; usage?: number[] }
    const decoder = openaiCompletions.streamDecoder()
    const events: StreamEvent[] = [...content, '[DONE]'].flatMap((data) => decoder.decode(eventOf(data)))
    assert.equal(events.map((event) => (event.type === 'text' ? event.text : '')).join(''), expected.texts.join(''), name)
    const reader = openaiCompletions.streamReader(1)
    const steps = [...content, '[DONE]'].map((data) => reader.read(eventOf(data)))
    assert.deepEqual([steps.at(-1)?.kind, steps.at(-1)?.finished], ['done', true], name)
    assert.deepEqual(totals(steps.findLast(({ usage }) => usage !== undefined)?.usage), expected.usage, name)
    const usage = events.findLast((event) => event.type === 'usage')?.usage
    const encoder = openaiCompletions.streamEncoder(frame({ includeUsage: expected.usage !== undefined }))
    const bytes = Buffer.concat([encoder.encode(events), encoder.end(usage?.ok === true ? usage.buckets : {})])
    assert.deepEqual(plainly(chunksOf(bytes).slice(0, -1) as Completion[]), expected, name)
  }
})

test('recorded answers decode to what plain JSON shows, and replay as the same', { skip }, () => {
  const all = answers(PATH, PLACES)
  assert.ok(all.length >= 5, `only ${all.length} recordings found`)
  for (const { name, content } of all) {
    const expected = plainly([JSON.parse(content) as Completion])
    const answer = openaiCompletions.decodeAnswer(Buffer.from(content))
    assert.ok(answer?.usage.ok, name)
    const body = openaiCompletions.encodeAnswer(answer, frame(), answer.usage.buckets).toString()
    assert.deepEqual(plainly([JSON.parse(body) as Completion]), expected, name)
    assert.deepEqual(openaiCompletions.readAnswer(Buffer.from(content))?.usage, answer.usage, name)
  }
})

test('recorded requests are read: as many answers as came, and no more input than was bound', { skip }, () => {
  const all = exchanges(PATH).filter(({ content }) => content.status === 200)
  assert.ok(all.length >= 5, `only ${all.length} exchanges found`)
  for (const { name, content } of all) {
    const request = read(content.request)
    if (content.response.startsWith('data:')) continue
    const { choices, usage } = JSON.parse(content.response) as Completion
    assert.equal(request.n, choices.length, name)
    assert.ok(request.inputBound >= (usage?.prompt_tokens ?? Number.NaN), name)
    assert.ok(request.n * (request.outputLimit ?? 0) >= (usage?.completion_tokens ?? Number.NaN), name)
  }
})
