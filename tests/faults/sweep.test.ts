import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { assertSettled } from '../support/api.ts'
import { either, usage } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { nano } from '../support/decimal.ts'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { header } from '../support/http.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'
import { again, CATALOGUE, play } from './catalogue/index.ts'
import type { Faulty } from './catalogue/index.ts'
import type { Due, Fault } from './catalogue/fault.ts'
import { assertGot, assertPaid, PRICE } from './due.ts'

const LIMITS = { connectMs: 400, firstByteMs: 1_200, silenceMs: 1_000, keepAliveMs: 300 }
const HEALTHY = usage(3, 4)

describe('whatever the upstream does', () => {
  let upstream: Upstream
  let faulty: Faulty
  let gateway: Gateway
  let customer: Customer
  let pid = 0
  /** What each request was charged, by its id. */
  const charged = new Map<string, bigint>()

  before(async () => {
    upstream = await startUpstream()
    upstream.on('healthy', either(4, { usage: HEALTHY }))
    faulty = await play(upstream, CATALOGUE)
    const config = configuration(upstream, { healthy: { price: PRICE } }, { limits: LIMITS })
    gateway = await startGateway({ config: faulty.configure(config, { price: PRICE, sliceTokens: 8 }) })
    customer = await gateway.customer('1000.00')
    ;({ pid } = gateway)
  })
  after(async () => {
    await gateway?.stop()
    await upstream?.close()
    await faulty?.close()
  })

  async function ask(model: string, streaming: boolean, due: Due): Promise<void> {
    const result = await gateway.chat(customer.key, { model, max_tokens: 50, stream: streaming, messages: say() })
    assertGot(due, result, streaming)
    const record = await gateway.api.record(header(result, 'x-request-id') ?? '')
    assertPaid(due, result, record)
    charged.set(record.id, nano(record.cost))
  }

  /** One call that meets the fault, and one after it that does not: each gets and pays what is due to it. */
  async function meet({ name, unanswered }: Fault, due: Due, streaming: boolean): Promise<void> {
    const model = streaming ? again(name) : name
    await ask(model, streaming, due)
    await ask('healthy', streaming, { gets: 'answer', words: 4, charge: { by: 'usage', usage: HEALTHY } })
    assert.ok(upstream.callsOf(model).length <= (unanswered === true ? 2 : 1), 'it is not called again')
  }

  describe('the caller gets what is due, and pays for no more', { concurrency: 16 }, () => {
    for (const fault of CATALOGUE) {
      const { name, does, whole, streamed } = fault
      if (whole !== undefined) test(`M20, M22: ${name}: an upstream that ${does}: ${whole.gets}`, () => meet(fault, whole, false))
      if (streamed !== undefined)
        test(`M20, M22: ${name}, streaming: an upstream that ${does}: ${streamed.gets}`, () => meet(fault, streamed, true))
    }
  })

  test('M20: after all of it nothing is held, nothing was charged beside what the records tell, and the ledger verifies', async () => {
    const { posted } = await assertSettled(gateway.api, customer.organization)
    const records = await gateway.api.records({ organization: customer.organization, limit: '500' })
    assert.deepEqual(new Set(records.map(({ id }) => id)), new Set(charged.keys()))
    assert.equal(records.length, charged.size, 'one record a request')
    assert.equal(nano(posted), sum([...charged.values()]))
  })

  test('the process lived through all of it, and met no mistake of its own', () => {
    assert.equal(gateway.pid, pid)
    assert.doesNotThrow(() => process.kill(pid, 0))
    assert.doesNotMatch(gateway.output, /mistake in the gateway|gateway_misconfigured|nhandled/)
  })

  test('each fault is chosen by one name, says what it does, and has a caller who meets it', () => {
    assert.ok(CATALOGUE.length >= 60)
    assert.equal(new Set(CATALOGUE.map(({ name }) => name)).size, CATALOGUE.length)
    for (const { name, kind, does, whole, streamed } of CATALOGUE) {
      assert.match(name, new RegExp(`^fault-${kind}-`))
      assert.ok(does.length > 0)
      assert.ok(whole !== undefined || streamed !== undefined, name)
    }
  })
})

function sum(amounts: bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n)
}
