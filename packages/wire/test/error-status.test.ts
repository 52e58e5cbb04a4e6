import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anthropic, bedrock, cohere, errorStatus, gemini, ollama, openaiChat, openaiResponses, type UpstreamDialect } from '../src/index.ts'

/** Errors as the first event of a stream under status 200, and the status that each stands for. */
const EVENTS: [upstream: UpstreamDialect, event: string | undefined, data: unknown, status: number | undefined][] = [
  [anthropic, 'error', { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }, 529],
  [anthropic, 'error', { type: 'error', error: { type: 'rate_limit_error', message: 'slow down' } }, 429],
  [anthropic, 'error', { type: 'error', error: { type: 'invalid_request_error', message: 'too long' } }, 400],
  [anthropic, 'error', { type: 'error', error: { type: 'a_new_error', message: 'what' } }, undefined],
  [bedrock, 'throttlingException', { message: 'Too many requests' }, 429],
  [bedrock, 'validationException', { message: 'wrong' }, 400],
  [bedrock, 'modelStreamErrorException', { message: 'broke', originalStatusCode: 500 }, 424],
  [bedrock, 'serviceUnavailableException', {}, 503],
  [gemini, undefined, { error: { code: 503, message: 'overloaded', status: 'UNAVAILABLE' } }, 503],
  [openaiChat, undefined, { error: { message: 'slow', type: 'tokens', code: 'rate_limit_exceeded' } }, 429],
  [openaiChat, undefined, { error: { message: 'too long', type: 'invalid_request_error', code: 'context_length_exceeded' } }, 400],
  [openaiChat, undefined, { error: { message: 'down', code: 502 } }, 502],
  [openaiChat, undefined, { error: { message: 'down', code: '503' } }, 503],
  [openaiChat, undefined, { error: 'down' }, undefined],
  [openaiResponses, 'error', { type: 'error', code: 'rate_limit_exceeded', message: 'slow', param: null, sequence_number: 0 }, 429],
  [openaiResponses, 'error', { type: 'error', error: { type: 'invalid_request_error', code: null, message: 'no' } }, 400],
  [openaiResponses, 'response.failed', { type: 'response.failed', response: { error: { code: 'server_error', message: 'x' } } }, 500],
  [cohere, 'error', { message: 'internal' }, undefined],
  [ollama, undefined, { error: 'model runner stopped' }, undefined],
]

for (const [upstream, event, data, status] of EVENTS) {
  test(`E3: ${upstream.name}: ${event ?? 'a nameless event'} ${JSON.stringify(data)} stands for ${status ?? 'no status'}`, () => {
    const raw = JSON.stringify(data)
    const step = upstream.streamReader(1).read({ raw: Buffer.alloc(0), data: raw, event })
    assert.equal(step.kind, 'error')
    assert.equal(errorStatus(step.error?.raw, upstream.errorStatuses), status)
  })
}

test('E3: an error in place of an answer is read by its own number first, then by its name, whatever stands around it', () => {
  const { errorStatuses } = anthropic
  assert.equal(errorStatus({ type: 'error', error: { type: 'overloaded_error' } }, errorStatuses), 529)
  assert.equal(errorStatus({ type: 'overloaded_error', code: 503 }, errorStatuses), 503)
  assert.equal(errorStatus({ type: 'overloaded_error', code: 200 }, errorStatuses), 529)
  for (const nothing of [null, undefined, 'overloaded_error', 529, [], { code: 'overloaded' }])
    assert.equal(errorStatus(nothing), undefined)
})
