import assert from 'node:assert/strict'
import { CATALOGUE } from '../../packages/core/src/index.ts'
import type { CatalogueEntry, DenialCode } from '../../packages/core/src/index.ts'
import { header } from '../support/http.ts'
import type { Answer } from '../support/http.ts'

/** OpenAI's error classes, by status (docs: Error codes). */
const ERROR_TYPES: Record<number, string> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  410: 'not_found_error',
  429: 'rate_limit_error',
  500: 'api_error',
  502: 'api_error',
  503: 'api_error',
  504: 'api_error',
}

/** What every refusal has in its head, whatever is around the problem. */
export function assertHead(code: DenialCode, answer: Answer, type = 'application/problem+json'): void {
  const entry: CatalogueEntry = CATALOGUE[code]
  assert.equal(answer.status, entry.status, answer.text.slice(0, 600))
  assert.match(header(answer, 'x-request-id') ?? '', /^req_\w+$/)
  if (code === 'stream_funds_exhausted') return
  if (code !== 'provider_rejected') assert.equal(header(answer, 'content-type')?.split(';')[0], type)
  assert.equal(header(answer, 'cache-control'), 'no-store')
  assert.match(header(answer, 'faregate-denial') ?? '', new RegExp(`^${code};\\s?id="dn_\\w+"`))
  assert.equal(header(answer, 'x-should-retry'), String(entry.retryable))
  const link = header(answer, 'link') ?? ''
  assert.match(link, new RegExp(`/problems/${code.replaceAll('_', '-')}>; ?rel="help"`))
  assert.equal(link.includes('rel="payment"'), entry.status === 402)
  const retryAfter = header(answer, 'retry-after')
  if (retryAfter !== undefined)
    assert.ok(/^\d+$/.test(retryAfter) && Number(retryAfter) <= 60 && entry.retryable, `retry-after: ${retryAfter}`)
}

/** What the problem of every refusal says. */
export function assertProblem(code: DenialCode, problem: Record<string, unknown>, answer: Answer): void {
  const entry: CatalogueEntry = CATALOGUE[code]
  const text = JSON.stringify(problem)
  assert.equal(problem['code'], code, text)
  assert.equal(problem['title'], entry.title)
  assert.equal(problem['status'], entry.status)
  assert.match(String(problem['type']), new RegExp(`^https?://.*/problems/${code.replaceAll('_', '-')}$`))
  assert.match(String(problem['detail']), /\S/)
  assert.match(String(problem['denialId']), /^dn_\w+$/)
  assert.equal(problem['instance'], `/denials/${String(problem['denialId'])}`)
  assert.equal(problem['requestId'], header(answer, 'x-request-id'))
  assert.ok(Math.abs(Date.parse(String(problem['asOf'])) - Date.now()) < 60_000)
  assert.equal((problem['retry'] as { retryable: boolean }).retryable, entry.retryable)
  const denialId = /;\s?id="(dn_\w+)"/.exec(header(answer, 'faregate-denial') ?? '')?.[1]
  if (denialId !== undefined) assert.equal(problem['denialId'], denialId)
}

/** OpenAI's envelope, which the problem carries wherever no other dialect needs its place. */
export function assertOpenai(code: DenialCode, { error, detail, pointer }: Record<string, unknown>): void {
  const { status, openaiCode }: CatalogueEntry = CATALOGUE[code]
  const param = typeof pointer === 'string' ? pointer.slice(1).replaceAll('/', '.') : null
  const type = ERROR_TYPES[status] ?? 'invalid_request_error'
  assert.deepEqual(error, { type, code: openaiCode ?? code, message: detail, param })
}
