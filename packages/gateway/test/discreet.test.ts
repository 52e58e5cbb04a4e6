import assert from 'node:assert/strict'
import { test } from 'node:test'
import { discreet } from '../src/call/discreet.ts'
import type { Failure } from '../src/call/failure.ts'
import type { Candidate } from '../src/locate.ts'

const KEY = '0123456789abcdef0123456789abcdef'
const CANDIDATE = { provider: { keys: [{ secret: KEY }, { secret: 'other-secret-of-it' }, { secret: 'the' }] } } as unknown as Candidate
const BODY = Buffer.from('{"model":"m","messages":[{"role":"user","content":"Please keep this to yourself: the vault opens at nine"}]}')

function failure(operatorDetail: string, body = ''): Failure {
  return {
    action: 'surface',
    status: 400,
    denial: { code: 'provider_rejected', detail: 'no', operatorDetail },
    rejected: { status: 400, contentType: 'application/json', body: Buffer.from(body) },
  }
}

function told(operatorDetail: string): string | undefined {
  return discreet(failure(operatorDetail), CANDIDATE, BODY).denial.operatorDetail
}

test('no key of the provider is told, however often it is repeated', () => {
  assert.equal(told(`HTTP 401: key ${KEY} and ${KEY}; other-secret-of-it`), 'HTTP 401: key … and …; …')
  assert.equal(told('HTTP 500: the engine is overloaded'), 'HTTP 500: the engine is overloaded', 'what is too short is no secret')
})

test('what a caller wrote is left out of what the operator reads, what the upstream says of it stays', () => {
  assert.equal(
    told("HTTP 400: content 'Please keep this to yourself: the vault opens at nine' is not allowed (code 7)"),
    "HTTP 400: content '…' is not allowed (code 7)",
  )
  assert.equal(told('HTTP 400: near "this to yourself: the vault": too long'), 'HTTP 400: near "…": too long')
  assert.equal(told("HTTP 400: 'm' is no model, and max_tokens is not 5"), "HTTP 400: 'm' is no model, and max_tokens is not 5")
})

test('every run of 23 characters or more is left out, wherever in the body it begins', () => {
  const text = BODY.toString()
  for (let at = 0; at + 23 <= text.length; at++) {
    const run = text.slice(at, at + 23)
    assert.equal(told(`<<${run}>>`)?.includes(run), false, run)
  }
})

test('the body of a refusal that is passed on is the very same bytes, unless a key is in it', () => {
  const plain = failure('', '{"error":"é \\u0000"}')
  assert.equal(discreet(plain, CANDIDATE, BODY).rejected?.body, plain.rejected?.body)
  const telling = discreet(failure('', `{"error":"é ${KEY}"}`), CANDIDATE, BODY)
  assert.equal(telling.rejected?.body.toString(), '{"error":"é ..."}')
})

test('a large body costs no noticeable time', () => {
  const large = Buffer.alloc(30_000_000, 'abcdefghijklmnop qrstuvw')
  const from = performance.now()
  discreet(failure(`HTTP 400: ${'abcdefghijklmnop qrstuvw'.repeat(20)}`), CANDIDATE, large)
  assert.ok(performance.now() - from < 1_000, `${performance.now() - from} ms`)
})
