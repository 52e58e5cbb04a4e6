import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anthropic } from '../../src/anthropic/dialect.ts'
import { modelsList } from '../../src/anthropic/models.ts'
import type { ProblemLike } from '../../src/dialect.ts'
import { rawEvents, type Json } from './support.ts'

function problem(status: number): ProblemLike {
  return {
    status,
    code: 'some_code',
    detail: 'The detail.',
    title: 'The title',
    requestId: 'req_1',
    denialId: 'dn_1',
    error: { type: 'x', code: 'y', message: 'The message.', param: null },
  }
}

/** By status, as the vendor's reference has them; everything else below 500 is the request's fault. */
const TYPES: [status: number, type: string][] = [
  [400, 'invalid_request_error'],
  [401, 'authentication_error'],
  [402, 'billing_error'],
  [403, 'permission_error'],
  [404, 'not_found_error'],
  [409, 'invalid_request_error'],
  [410, 'not_found_error'],
  [413, 'request_too_large'],
  [422, 'invalid_request_error'],
  [429, 'rate_limit_error'],
  [500, 'api_error'],
  [502, 'api_error'],
  [503, 'api_error'],
  [504, 'timeout_error'],
  [529, 'overloaded_error'],
]

for (const [status, type] of TYPES) {
  test(`E1, E2: a refusal with ${status} is ${type} in the vendor’s envelope, the problem in its details`, () => {
    const given = problem(status)
    assert.deepEqual(anthropic.errorBody(given), {
      type: 'error',
      error: { type, message: 'The message.', details: { ...given, error_code: 'some_code' } },
      request_id: 'req_1',
    })
  })
}

test('a refusal of `thread` has the code by which official clients go on without one', () => {
  const codeOf = (more: object): unknown =>
    (anthropic.errorBody({ ...problem(400), ...more })['error'] as { details: Json }).details['error_code']
  assert.equal(codeOf({ pointer: '/thread' }), 'thread_unsupported_request')
  assert.equal(codeOf({ pointer: '/seed', unsupported: [{ pointer: '/seed' }, { pointer: '/thread' }] }), 'thread_unsupported_request')
  assert.equal(codeOf({ pointer: '/messages', unsupported: [{ pointer: '/seed' }] }), 'some_code')
})

test('E1: in a stream the same object is an event named error, and nothing that ends a message', () => {
  const bytes = anthropic.errorEvent(problem(402), { id: 'msg_1' })
  const [event, ...others] = rawEvents(bytes)
  assert.deepEqual([event?.event, JSON.parse(event?.data ?? '') as Json, others], ['error', anthropic.errorBody(problem(402)), []])
  const [decoded] = anthropic.streamDecoder().decode({ raw: bytes, data: event?.data, event: event?.event })
  assert.deepEqual([decoded?.type, decoded?.type === 'error' ? decoded.message : ''], ['error', 'The message.'])
})

const MODELS = ['a', 'b', 'c', 'd'].map((id) => ({ id, displayName: id.toUpperCase(), created: 1_700_000_000 }))

test('models are listed as the vendor lists them', () => {
  assert.deepEqual(
    modelsList([
      { id: 'a', created: 1_700_000_000 },
      { id: 'b', displayName: 'B' },
    ]),
    {
      data: [
        { type: 'model', id: 'a', display_name: 'a', created_at: '2023-11-14T22:13:20Z' },
        { type: 'model', id: 'b', display_name: 'B', created_at: '1970-01-01T00:00:00Z' },
      ],
      has_more: false,
      first_id: 'a',
      last_id: 'b',
    },
  )
  assert.deepEqual(modelsList([]), { data: [], has_more: false, first_id: null, last_id: null })
})

const PAGES: [page: Parameters<typeof modelsList>[1], ids: string, more: boolean][] = [
  [{ limit: 2 }, 'ab', true],
  [{ limit: 2, afterId: 'b' }, 'cd', false],
  [{ limit: 2, afterId: 'a' }, 'bc', true],
  [{ limit: 2, beforeId: 'd' }, 'bc', true],
  [{ limit: 3, beforeId: 'd' }, 'abc', false],
  [{ limit: 2, afterId: 'd' }, '', false],
  [{ limit: 2, afterId: 'x' }, '', false],
  [{ limit: 2, beforeId: 'x' }, '', false],
  [{ limit: 0 }, 'a', true],
]

for (const [page, ids, more] of PAGES) {
  test(`models by page: ${JSON.stringify(page)}`, () => {
    const list = modelsList(MODELS, page)
    assert.deepEqual([list.data.map(({ id }) => id).join(''), list.has_more], [ids, more])
  })
}
