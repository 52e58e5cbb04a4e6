import assert from 'node:assert/strict'
import { assertSettled } from '../support/api.ts'
import { answer, usage, words } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { nano } from '../support/decimal.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { header, json } from '../support/http.ts'
import type { Answer } from '../support/http.ts'
import type { Upstream } from '../support/upstream.ts'
import { eventually, gate } from '../support/wait.ts'

/** Ten output tokens cost exactly 0.01, input is stated to be free: a balance of 0.10 has room for exactly ten calls. */
const RACE_PRICE = { input: '0', output: '1000' }
const ROOM = 10
const CALLS = 500
const BODY = { model: 'raced', max_tokens: 10, messages: say() }

export function raceConfiguration(upstream: Upstream): Record<string, unknown> {
  return configuration(upstream, { raced: { price: RACE_PRICE }, held: { price: RACE_PRICE } })
}

/** A customer with 5.00 whose application belongs to a team with this cap; its key and its organization have higher ones. */
export async function teamCustomer(gateway: Gateway, amount: string): Promise<Customer> {
  const { api } = gateway
  const customer = await gateway.customer('5.00', { cap: { amount: '4.00', period: 'month' } })
  const path = `/api/organizations/${customer.organization}`
  await api.expect(200, 'PATCH', path, { cap: { amount: '4.50', period: 'month' } })
  const { id: team } = await api.expect<{ id: string }>(201, 'POST', `${path}/teams`, {
    name: 'Research',
    cap: { amount, period: 'month' },
  })
  await api.expect(200, 'PATCH', `/api/applications/${customer.application}`, { team })
  return customer
}

/** Sends all calls at once, over one gateway or several in turn. */
function storm(gateways: Gateway[], key: string, model: string): Promise<Answer>[] {
  return Array.from({ length: CALLS }, (_, i) => {
    const gateway = gateways[i % gateways.length]
    assert.ok(gateway)
    return gateway.chat(key, { ...BODY, model })
  })
}

/**
 * All calls while the upstream holds its answers back: exactly ten are called, everybody else is told to wait for the
 * ten, and when these have ended the money is gone. @returns its figures
 */
export async function raceWhileInFlight(
  gateways: Gateway[],
  upstream: Upstream,
  customer: Customer,
  after: { status: number; code: string },
): Promise<string> {
  const [gateway] = gateways
  assert.ok(gateway)
  const release = gate()
  upstream.on('held', answer(usage(8, 10), { after: release.promise, content: words(10) }))
  const before = upstream.callsOf('held').length
  let refused = 0
  const calls = storm(gateways, customer.key, 'held').map(async (call) => {
    const result = await call
    if (result.status !== 200) refused++
    return result
  })
  const called = (): number => upstream.callsOf('held').length - before
  await eventually(() => assert.ok(refused + called() >= CALLS, `${refused} refused, ${called()} called`), 60_000)
  assert.equal(called(), ROOM, `${called()} of ${CALLS} calls were served, there was room for ${ROOM}`)
  release.open()
  const answers = await Promise.all(calls)
  const served = answers.filter(({ status }) => status === 200)
  assert.equal(served.length, ROOM, servedOf(served))
  for (const refusal of answers.filter(({ status }) => status !== 200)) {
    assert.equal(refusal.status, 429, refusal.text)
    assert.equal(json(refusal)['code'], 'balance_reserved')
    assert.equal(header(refusal, 'x-should-retry'), 'true')
  }
  const late = await gateway.chat(customer.key, { ...BODY, model: 'held' })
  assert.equal(late.status, after.status, late.text)
  assert.equal(json(late)['code'], after.code)
  return servedOf(served)
}

/** All calls against an upstream that answers at once: whatever the order, exactly ten are served and paid. @returns its figures */
export async function raceFreely(gateways: Gateway[], customer: Customer, codes: string[]): Promise<string> {
  const answers = await Promise.all(storm(gateways, customer.key, 'raced'))
  const served = answers.filter(({ status }) => status === 200)
  assert.equal(served.length, ROOM, servedOf(served))
  for (const one of served) assert.equal(nano(header(one, 'faregate-cost') ?? ''), 10_000_000n)
  for (const refusal of answers.filter(({ status }) => status !== 200)) {
    assert.ok(codes.includes(String(json(refusal)['code'])), refusal.text)
  }
  return servedOf(served)
}

function servedOf(served: Answer[]): string {
  return `${served.length} of ${CALLS} calls were served, there was room for ${ROOM}`
}

/** Everything that was granted was spent, to the last unit, and nothing stays held. */
export async function assertSpent(gateway: Gateway, customer: Customer, spent: bigint): Promise<void> {
  const balance = await assertSettled(gateway.api, customer.organization)
  assert.equal(nano(balance.posted), spent)
}
