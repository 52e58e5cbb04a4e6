import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SseSplitter, type ProblemLike } from '../../src/index.ts'
import { ArraySplitter } from '../../src/gemini/array-splitter.ts'
import { gemini, geminiArray } from '../../src/gemini/dialect.ts'
import type { JsonObject } from '../../src/json/object.ts'

function problem(status: number, members: object = {}): ProblemLike {
  const error = { type: 'x', code: 'x', message: 'm', param: null }
  return { status, code: 'insufficient_balance', detail: 'Too low.', title: 'Balance too low', requestId: 'req_1', error, ...members }
}

const STATUSES: [status: number, code: number, name: string][] = [
  [400, 400, 'INVALID_ARGUMENT'],
  [401, 401, 'UNAUTHENTICATED'],
  [402, 402, 'FAILED_PRECONDITION'],
  [403, 403, 'PERMISSION_DENIED'],
  [404, 404, 'NOT_FOUND'],
  [410, 410, 'NOT_FOUND'],
  [413, 413, 'INVALID_ARGUMENT'],
  [422, 422, 'INVALID_ARGUMENT'],
  [429, 429, 'RESOURCE_EXHAUSTED'],
  [500, 500, 'INTERNAL'],
  [503, 503, 'UNAVAILABLE'],
  [504, 504, 'DEADLINE_EXCEEDED'],
  [200, 402, 'FAILED_PRECONDITION'],
]

test('E1, E2: a refusal has the code that SDKs class it by, Google’s name for it, and the problem in its details', () => {
  for (const [status, code, name] of STATUSES) {
    const { error } = gemini.errorBody(problem(status)) as { error: JsonObject }
    assert.deepEqual([error['code'], error['status'], error['message']], [code, name, 'Too low.'])
    const { error: _openais, ...told } = problem(status)
    assert.deepEqual(error['details'], [told])
  }
  const { error } = gemini.errorBody(problem(429, { retry: { retryable: true, afterSeconds: 3 } })) as { error: { details: unknown[] } }
  assert.deepEqual(error.details[1], { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '3s' })
})

test('S5: in a stream of events a refusal is an event whose first member is the error: SDKs look for it there', () => {
  const bytes = gemini.errorEvent(problem(200), { id: 'r1' })
  const [event] = new SseSplitter().push(bytes)
  assert.deepEqual(JSON.parse(event?.data ?? ''), gemini.errorBody(problem(200)))
  assert.match(bytes.toString(), /^data: \{"error":\{"code":402,/)
})

test('S5: in an array a refusal is its last element, whether anything was sent before or not', () => {
  const refusal = geminiArray.errorBody(problem(503))
  const later = `[{"candidates":[]}\n${geminiArray.errorEvent(problem(503), { id: 'r1' }).toString()}`
  assert.deepEqual(JSON.parse(later), [{ candidates: [] }, refusal])
  assert.deepEqual(JSON.parse(geminiArray.errorEvent(problem(503), {}).toString()), [refusal])
  assert.equal(new ArraySplitter().push(Buffer.from(later)).length, 3)
})

test('S8: what fills silence is nothing to a parser, before an answer and between its chunks', () => {
  const encoder = geminiArray.streamEncoder({
    model: 'm',
    requestId: 'r',
    created: 1,
    includeUsage: true,
    conversation: { stream: true, turns: [], others: {} },
  })
  const silence = geminiArray.keepAlive ?? Buffer.alloc(0)
  const written = [silence, encoder.encode([{ type: 'text', choice: 0, text: 'a' }]), silence, encoder.end({ input: 1 })]
  assert.equal((JSON.parse(Buffer.concat(written).toString()) as unknown[]).length, 2)
  // Google's SDKs in Python and Go fail on a comment; a blank line is no line to them.
  assert.equal(gemini.keepAlive?.toString().trim(), '')
  assert.equal(
    new SseSplitter().push(Buffer.concat([gemini.keepAlive ?? silence])).every(({ data }) => data === undefined),
    true,
  )
})
