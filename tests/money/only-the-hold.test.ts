import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { assertSettled } from '../support/api.ts'
import { answer, usage } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { nano } from '../support/decimal.ts'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { json } from '../support/http.ts'
import { lockDatabase } from '../support/lock-database.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'
import { gate } from '../support/wait.ts'

/** 0.001 an output token. */
const PRICE = { input: '0', output: '1000' }

describe('only the hold admits', () => {
  let upstream: Upstream
  let gateway: Gateway

  before(async () => {
    upstream = await startUpstream()
    upstream.on('plain', answer(usage(0, 10)))
    gateway = await startGateway({
      config: configuration(upstream, { plain: { price: PRICE }, slow: { price: PRICE }, other: { price: PRICE } }),
    })
  })
  after(async () => {
    await gateway?.stop()
    await upstream?.close()
  })

  async function entries(): Promise<number> {
    return (await gateway.api.verify()).checked['entries'] ?? Number.NaN
  }

  const body = (model: string, tokens: number) => ({ model, max_tokens: tokens, messages: say() })

  test('M27: what is read to explain, or to say what else would refuse, takes no hold, writes no entry and needs no lock', async (context) => {
    const customer = await gateway.customer('0.01', { models: ['plain'] })
    const poor = await gateway.customer('0.005', { models: ['plain'] })
    const atFirst = await entries()
    const release = await lockDatabase(gateway.data)
    try {
      const explained = await Promise.all(Array.from({ length: 50 }, () => gateway.explain(customer.key, body('plain', 10))))
      assert.deepEqual([...new Set(explained.map(({ verdict }) => verdict))], ['allow'])
      const refused = await gateway.chat(poor.key, body('other', 10))
      assert.equal(refused.status, 403, refused.text)
      assert.deepEqual(json(refused)['also'], ['insufficient_balance'])
    } finally {
      await release()
    }
    assert.equal(await entries(), atFirst)
    for (const { organization } of [customer, poor]) assert.equal(nano((await gateway.api.balance(organization)).held), 0n)
    const served = await Promise.all(Array.from({ length: 50 }, () => gateway.chat(customer.key, body('plain', 10))))
    assert.equal(
      served.filter(({ status }) => status === 200).length,
      1,
      'and fifty times allowed is once served, where there is room for one',
    )
    assert.equal(nano((await assertSettled(gateway.api, customer.organization)).posted), 10_000_000n)
    context.diagnostic('50 of 50 explained as allowed, no entry written, 1 of 50 admitted')
  })

  test('M26, M27: the verdict that is explained is the refusal that the hold gives: the first balance that waiting cannot help', async () => {
    const customer = await gateway.customer('0.105', { cap: { amount: '0.25', period: 'total' } })
    const [called, finish] = [gate(), gate()]
    upstream.on('slow', answer(usage(0, 100), { after: finish.promise }))
    upstream.onCall = () => called.open()
    const running = gateway.chat(customer.key, body('slow', 100))
    await called.promise
    upstream.onCall = undefined
    try {
      for (const [tokens, code, also] of [
        // The cap lacks room only while 0.10 is held; the wallet would lack it even then.
        [200, 'insufficient_balance', ['balance_reserved']],
        // Waiting helps the wallet, and the cap has room.
        [100, 'balance_reserved', []],
        // Neither: the cap comes first.
        [300, 'cap_key', ['insufficient_balance']],
      ] as const) {
        const { verdict } = await gateway.explain(customer.key, body('plain', tokens))
        const refusal = json(await gateway.chat(customer.key, body('plain', tokens)))
        for (const said of [verdict as Record<string, unknown>, refusal]) {
          assert.equal(said['code'], code, `${tokens} tokens: ${JSON.stringify(said)}`)
          assert.deepEqual(said['also'] ?? [], also)
        }
      }
    } finally {
      finish.open()
      await running
    }
    assert.equal((await running).status, 200)
  })
})
