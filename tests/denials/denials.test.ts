import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { CATALOGUE, DENIAL_CODES, NOTICES } from '../../packages/core/src/index.ts'
import type { DenialCode } from '../../packages/core/src/index.ts'
import { assertSettled } from '../support/api.ts'
import { nano } from '../support/decimal.ts'
import { header, json, send } from '../support/http.ts'
import { assertNamedDecides, assertNamedMay } from './carry-out.ts'
import { API_CASES, PROMPT_CASES } from './cases-apis.ts'
import { VARIANTS } from './cases-variants.ts'
import { CASES } from './cases.ts'
import { assertClientReads } from './client-reads.ts'
import { assertEnvelopes } from './envelopes.ts'
import { assertExplained } from './explained.ts'
import { assertHead, assertOpenai, assertProblem } from './head.ts'
import { codeOf, problemOf, startWorld } from './world.ts'
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
    test(`${code} of a priced GET of a published API: the same`, async () => assertMends(world, code, await make(world), false))
  }

  for (const [code, make] of Object.entries(PROMPT_CASES) as [DenialCode, Case][]) {
    test(`${code} of a published prompt: the same`, async () => assertMends(world, code, await make(world), false))
  }

  for (const [name, [code, make]] of Object.entries(VARIANTS)) {
    test(`${code} ${name}: the same`, async () => assertMends(world, code, await make(world)))
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

  // One that becomes a refusal once its days of grace are over has the page of that.
  for (const [code, { title, meaning, headers, mend }] of Object.entries(NOTICES).filter(([one]) => !(one in CATALOGUE)))
    test(`/problems/${code.replaceAll('_', '-')} explains a notice: what it means, where it is said, and what to do`, async () => {
      const page = await send(`${world.gateway.url}/problems/${code.replaceAll('_', '-')}`)
      assert.equal(page.status, 200)
      const text = plain(page.text)
      for (const part of [title, code, '200', plain(meaning), ...headers, ...mend.map(plain)])
        assert.ok(text.includes(part), `"${part}" in ${text.slice(0, 800)}`)
    })
})

type Problem = Record<string, unknown>

async function assertMends(world: World, code: DenialCode, made: Made, envelopes = true): Promise<void> {
  assertHead(code, made.answer)
  const problem = code === 'provider_rejected' ? {} : problemOf(made.answer)
  if (code !== 'provider_rejected') assertProblem(code, problem, made.answer)
  if (code === 'stream_funds_exhausted') assert.notEqual(problem['charged'], false)
  else if (code !== 'provider_rejected') {
    assertOpenai(code, problem)
    assert.equal(problem['charged'], false)
  }
  await assertClientReads(code, made.answer)
  await assertExplained(world, code, made)
  if (envelopes) await assertEnvelopes(world, code, made)
  await assertUncharged(world, made, problem)
  if (made.management === undefined) await assertLookup(world, made, code)
  const place = { gateway: world.gateway, ...made }
  if (code !== 'provider_rejected' && made.management === undefined) await assertNamedDecides(place, made.answer)
  const again = await made.mend()
  assert.notEqual(codeOf(again), code, `refused for the same reason: ${again.text.slice(0, 600)}`)
  assert.ok(again.status < 300 && !again.text.includes(`"${code}"`), again.text.slice(0, 600))
  if (code !== 'provider_rejected' && made.management === undefined) await assertNamedMay(place, made.answer)
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

/** What is charged is what was delivered: of calls that were served beside it, or of a stream before it. */
async function assertUncharged(world: World, { gateway = world.gateway, customer, served = [] }: Made, refused: Problem): Promise<void> {
  if (customer === undefined) return
  const costs = served.map((answer) => nano(header(answer, 'faregate-cost') ?? ''))
  assert.ok(costs.every((cost) => cost > 0n))
  const delivered = typeof refused['charged'] === 'string' ? nano(refused['charged']) : 0n
  const { posted } = await assertSettled(gateway.api, customer.organization)
  assert.equal(
    nano(posted),
    costs.reduce((sum, cost) => sum + cost, delivered),
  )
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
  const trace = json(operator)['trace'] as { result: string; facts: { code?: string } }[]
  const cause = code === 'stream_funds_exhausted' ? 'insufficient_balance' : code
  assert.ok(
    trace.some(({ result, facts }) => result === 'denied' && facts.code === cause),
    operator.text,
  )
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
