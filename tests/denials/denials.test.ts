import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { CATALOGUE, DENIAL_CODES } from '../../packages/core/src/index.ts'
import type { CatalogueEntry, DenialCode } from '../../packages/core/src/index.ts'
import { assertSettled } from '../support/api.ts'
import { nano } from '../support/decimal.ts'
import { header, json, send } from '../support/http.ts'
import type { Answer } from '../support/http.ts'
import { chatStream } from '../support/sse.ts'
import { API_CASES } from './cases-apis.ts'
import { CASES } from './cases.ts'
import { assertClientReads } from './client-reads.ts'
import { codeOf, startWorld } from './world.ts'
import type { Case, Made, World } from './world.ts'

test('every code of the catalogue is made to happen here, and nothing else', () => {
  assert.deepEqual(Object.keys(CASES).toSorted(), DENIAL_CODES.toSorted())
})

describe('every refusal', () => {
  let world: World

  before(async () => {
    world = await startWorld()
  })
  after(async () => {
    await world?.stop()
  })

  for (const code of DENIAL_CODES) {
    test(`${code}: right status, headers and body; can be looked up; charged nothing; its fix works`, async () => {
      const make = CASES[code]
      assert.ok(make, `no case for ${code}`)
      await assertMends(world, code, await make(world))
    })
  }

  for (const [code, make] of Object.entries(API_CASES) as [DenialCode, Case][]) {
    test(`${code} of a priced GET of a published API: the same`, async () => assertMends(world, code, await make(world)))
  }

  for (const code of DENIAL_CODES) {
    test(`/problems/${code.replaceAll('_', '-')} explains it: title, meaning, and how to mend it`, async () => {
      const { title, status, mend } = CATALOGUE[code]
      const page = await send(`${world.gateway.url}/problems/${code.replaceAll('_', '-')}`)
      assert.equal(page.status, 200)
      assert.match(header(page, 'content-type') ?? '', /^text\/html/)
      const text = plain(page.text)
      for (const part of [title, code, String(status), plain(mend[0] ?? '')])
        assert.ok(text.includes(part), `"${part}" in ${text.slice(0, 400)}`)
    })
  }
})

async function assertMends(world: World, code: DenialCode, made: Made): Promise<void> {
  const problem = problemOf(code, made.answer)
  assertHead(code, made.answer)
  assertProblem(code, problem, made.answer)
  await assertClientReads(code, made.answer)
  await assertUncharged(world, code, made, problem)
  if (made.management === undefined) await assertLookup(world, made, code)
  const again = await made.mend()
  assert.notEqual(codeOf(again), code, `refused for the same reason: ${again.text.slice(0, 600)}`)
  assert.ok(again.status < 300, again.text.slice(0, 600))
}

/** The text of a page, without mark-up. */
function plain(html: string): string {
  return html
    .replace(/<[^>]*>/g, '')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replaceAll('`', '')
    .replace(/\s+/g, ' ')
}

/** The problem of a refusal; for one in mid-stream, of the stream's error event. */
function problemOf(code: DenialCode, answer: Answer): Record<string, unknown> | undefined {
  if (code === 'provider_rejected') return undefined
  if (code !== 'stream_funds_exhausted') return json(answer)
  const event = chatStream(answer.body).chunks.find((chunk) => chunk.error !== undefined)
  assert.ok(event, answer.text.slice(-1_000))
  return 'code' in event ? event : event.error
}

function assertHead(code: DenialCode, answer: Answer): void {
  const entry: CatalogueEntry = CATALOGUE[code]
  assert.equal(answer.status, entry.status, answer.text.slice(0, 600))
  assert.match(header(answer, 'x-request-id') ?? '', /^req_\w+$/)
  if (code === 'stream_funds_exhausted') return
  if (code !== 'provider_rejected') assert.match(header(answer, 'content-type') ?? '', /^application\/problem\+json/)
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

function assertProblem(code: DenialCode, problem: Record<string, unknown> | undefined, answer: Answer): void {
  if (problem === undefined) return
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
  const { error } = problem as { error?: Record<string, unknown> }
  if (error === undefined) return assert.equal(code, 'stream_funds_exhausted')
  assert.match(String(error['message']), /\S/)
  assert.equal(error['code'], entry.openaiCode ?? code)
  assert.ok('param' in error && typeof error['type'] === 'string')
}

async function assertUncharged(world: World, code: DenialCode, made: Made, problem: Record<string, unknown> | undefined): Promise<void> {
  if (made.customer === undefined) return
  const { api } = made.gateway ?? world.gateway
  const balance = await assertSettled(api, made.customer.organization)
  if (made.delivered === undefined) assert.equal(nano(balance.posted), 0n)
  if (problem === undefined) return
  if (code === 'stream_funds_exhausted') assert.equal(nano(String(problem['charged'])), nano(balance.posted))
  else assert.equal(problem['charged'], false)
}

/** Its owner and the operator see the whole decision; a stranger and somebody without a key see nothing of it. */
async function assertLookup(world: World, made: Made, code: DenialCode): Promise<void> {
  const gateway = made.gateway ?? world.gateway
  const id = /id="(dn_\w+)"/.exec(header(made.answer, 'faregate-denial') ?? made.answer.text)?.[1] ?? /dn_\w+/.exec(made.answer.text)?.[0]
  const look = (token?: string) =>
    send(`${gateway.url}/denials/${id}`, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } })
  const operator = await look(gateway.token)
  assert.equal(operator.status, 200, operator.text)
  assert.equal(json(operator)['code'], code)
  const trace = json(operator)['trace'] as { check: string; result: string }[]
  assert.equal(trace.at(-1)?.result, 'denied', operator.text)
  const stranger = await gateway.customer()
  for (const [token, expected] of [
    [stranger.key, 404],
    [undefined, 401],
  ] as const) {
    const hidden = await look(token)
    assert.equal(hidden.status, expected, hidden.text)
    assert.doesNotMatch(hidden.text, /trace|Acme/)
  }
  if (made.customer === undefined) return
  const owner = await look(made.customer.key)
  assert.equal(owner.status, 200, owner.text)
  assert.equal(json(owner)['code'], code)
  assert.equal(json(owner)['operatorDetail'], undefined)
}
