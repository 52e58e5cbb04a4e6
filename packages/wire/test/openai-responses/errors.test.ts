import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ProblemLike, StreamIds } from '../../src/index.ts'
import { openaiResponses } from '../../src/openai-responses/dialect.ts'
import { SseSplitter } from '../../src/sse/split.ts'
import { raw } from './recordings.ts'

const PROBLEM: ProblemLike = {
  type: 'https://a/problems/stream-funds-exhausted',
  title: 'Out of credit',
  status: 402,
  code: 'stream_funds_exhausted',
  detail: 'Out of credit.',
  requestId: 'req_01J',
  denialId: 'dn_1',
  error: { type: 'billing_error', code: 'insufficient_quota', message: 'Out of credit.', param: null },
}

function eventsOf(ids: StreamIds): Record<string, unknown>[] {
  return new SseSplitter().push(openaiResponses.errorEvent(PROBLEM, ids)).map(({ data, event }) => {
    const written = JSON.parse(data ?? '') as Record<string, unknown>
    assert.equal(event, written['type'])
    return written
  })
}

test("E1: the body of a refusal is the problem itself, which holds OpenAI's envelope", () => {
  assert.deepEqual(openaiResponses.errorBody(PROBLEM), PROBLEM)
})

test('S5: a refusal in mid-stream is an error at which SDKs raise, and the end of the response, numbered on', () => {
  const encoder = openaiResponses.streamEncoder({
    model: 'mine',
    requestId: 'req_01J',
    created: 7,
    includeUsage: true,
    conversation: { stream: true, turns: [], others: {} },
  })
  encoder.encode([{ type: 'start' }, { type: 'text', choice: 0, text: 'half' }])
  const [error, failed] = eventsOf(encoder.ids)
  assert.deepEqual(
    [error?.['type'], error?.['sequence_number'], error?.['code'], error?.['message']],
    ['error', 5, 'stream_funds_exhausted', 'Out of credit.'],
  )
  const { error: envelope, ...problem } = PROBLEM
  assert.deepEqual(error?.['error'], { ...problem, ...envelope, denial: 'stream_funds_exhausted' })
  assert.deepEqual([failed?.['type'], failed?.['sequence_number']], ['response.failed', 6])
  const response = failed?.['response'] as Record<string, unknown>
  assert.deepEqual([response['id'], response['status'], response['model'], response['created_at']], ['resp_01J', 'failed', 'mine', 7])
  assert.deepEqual(response['error'], { code: 'insufficient_quota', message: 'Out of credit.' })
})

test('S5: in a pass-through it goes on from the numbers of the upstream; a reader sees an error and no end', () => {
  const reader = openaiResponses.streamReader(1)
  reader.read(raw({ type: 'response.created', sequence_number: 0, response: { id: 'resp_up', model: 'm', created_at: 1 } }))
  reader.read(raw({ type: 'response.output_text.delta', sequence_number: 41, output_index: 0, content_index: 0, delta: 'x' }))
  const events = eventsOf(reader.ids)
  assert.deepEqual(
    events.map(({ sequence_number: number }) => number),
    [42, 43],
  )
  const response = events[1]?.['response'] as Record<string, unknown>
  assert.equal(response['id'], 'resp_up')
  const kinds = events.map((event) => openaiResponses.streamReader(1).read(raw(event)).kind)
  assert.deepEqual(kinds, ['error', 'error'])
  assert.deepEqual(
    eventsOf({}).map(({ sequence_number: number }) => number),
    [0, 1],
  )
})
