import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assertSettled } from '../support/api.ts'
import { nano } from '../support/decimal.ts'
import { header, json, send } from '../support/http.ts'
import type { Sent } from '../support/http.ts'
import { talk } from '../support/raw.ts'
import { eventually } from '../support/wait.ts'
import { callWith, recordOf, refusalOf, world } from './world.ts'

/** Prices of bytes are one nano-unit a byte: what is charged is what was counted. */
const A_BYTE = '0.001'
const UNITS = { pointer: '/usage/pages', price: '0.01', most: 10 }

describe('a call that is charged by what goes through it', () => {
  const made = world([
    { method: 'GET', path: '/bytes/{n}', metered: { received: A_BYTE } },
    { method: 'GET', path: '/chunked/{n}', price: '0.000001', metered: { received: A_BYTE } },
    { method: 'GET', path: '/cut/{n}', price: '0.01', metered: { received: A_BYTE } },
    { method: 'GET', path: '/status/{n}', metered: { received: A_BYTE } },
    { method: 'GET', path: '/nothing', metered: { received: A_BYTE } },
    { method: 'POST', path: '/upload', metered: { sent: A_BYTE } },
    { method: 'POST', path: '/both', price: '0.000001', metered: { sent: A_BYTE, received: A_BYTE } },
    { method: 'GET', path: '/said', price: '0.001', metered: { units: UNITS } },
    { method: 'GET', path: '/packed', metered: { units: { ...UNITS, otherwise: 2 } } },
    { method: 'GET', path: '/events/{n}', metered: { units: { ...UNITS, otherwise: 1 } } },
  ])
  const withBalance = async (balance: string) => {
    const customer = await made.gateway.customer(balance)
    const call = (path: string, sent?: Sent) => callWith(made.gateway, customer.key, path, sent)
    /** Sends a body without saying its length. */
    const pieces = async (body: Buffer) => {
      const head = `POST /test/upload HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${customer.key}\r\ntransfer-encoding: chunked\r\n\r\n`
      const chunk = Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')])
      return (await talk(made.gateway.url, Buffer.concat([Buffer.from(head), chunk]), { answers: 1 })).answers[0]
    }
    const settled = async () => nano((await assertSettled(made.gateway.api, customer.organization)).posted)
    const only = () =>
      eventually(async () => {
        const [record, ...others] = await made.gateway.api.records({ organization: customer.organization })
        assert.ok(record !== undefined && others.length === 0)
        return record
      })
    return { call, pieces, settled, only }
  }

  for (const [what, path, bytes] of [
    ['a short answer', '/bytes/300', 300],
    ['a long one that says its length', '/bytes/3000000', 3_000_000],
    ['a long one that does not', '/chunked/3000000', 3_000_000],
    ['one without a byte', '/bytes/0', 0],
  ] as const) {
    test(`${what} costs its bytes, to the byte, and the record says how many`, async () => {
      const { call, settled } = await withBalance('1.00')
      const answer = await call(path)
      assert.deepEqual([answer.status, answer.body.length, answer.complete], [200, bytes, true])
      const cost = BigInt(bytes) + (path.startsWith('/chunked') ? 1000n : 0n)
      assert.equal(await settled(), cost)
      const record = await recordOf(made, answer)
      assert.deepEqual([nano(record.cost), record['measured']], [cost, { received: bytes }])
      if (header(answer, 'faregate-cost') !== undefined) assert.equal(nano(header(answer, 'faregate-cost') ?? ''), cost)
    })
  }

  test('HEAD, 204 and what is not charged cost no byte', async () => {
    const { call, settled } = await withBalance('1.00')
    assert.equal((await call('/bytes/1000', { method: 'HEAD' })).status, 200)
    assert.equal((await call('/nothing')).status, 204)
    assert.equal((await call('/status/404')).status, 404)
    assert.equal(await settled(), 0n)
  })

  test('the body of a request costs its bytes, whether it says its length or not', async () => {
    const { call, pieces, settled } = await withBalance('1.00')
    const body = Buffer.alloc(500_000, 'x')
    assert.equal((await call('/upload', { method: 'POST', body })).status, 200)
    assert.equal(await settled(), 500_000n)
    assert.equal((await pieces(body))?.status, 200)
    assert.equal(await settled(), 1_000_000n)
    const both = await call('/both', { method: 'POST', body })
    assert.equal(await settled(), 1_000_000n + 500_000n + BigInt(both.body.length) + 1000n)
  })

  test('M4: for whom the first byte is too dear it is 402, and nothing is called', async () => {
    const { call, settled } = await withBalance('0.000000500')
    const earlier = made.service.calls.length
    refusalOf(await call('/chunked/10'), 402, 'insufficient_balance')
    refusalOf(await call('/upload', { method: 'POST', body: Buffer.alloc(501) }), 402, 'insufficient_balance')
    assert.equal(made.service.calls.length, earlier)
    assert.equal(await settled(), 0n)
  })

  test('M13: an answer whose length is too dear is 402 before its first byte, and costs nothing', async () => {
    const { call, settled } = await withBalance('0.0002')
    const problem = refusalOf(await call('/bytes/200001'), 402, 'insufficient_balance')
    assert.deepEqual(problem['affordable'] ?? null, null)
    assert.equal(await settled(), 0n)
    assert.equal((await call('/bytes/200000')).complete, true)
    assert.equal(await settled(), 200_000n)
  })

  test('M13: one that goes on beyond the balance is cut there, and what was delivered is charged, no more than there was', async () => {
    const { call, settled, only } = await withBalance('0.001')
    const answer = await call('/chunked/50000000')
    assert.deepEqual([answer.status, answer.complete], [200, false])
    const charged = await settled()
    assert.ok(answer.body.length > 0 && BigInt(answer.body.length) + 1000n <= 1_000_000n, `${answer.body.length} delivered`)
    assert.equal(charged, BigInt(answer.body.length) + 1000n)
    const record = await only()
    assert.deepEqual([record.outcome, record.denial, nano(record.cost)], ['partial', 'stream_funds_exhausted', charged])
  })

  test('M13: a body without a length that is too dear is 402, and is not sent on', async () => {
    const { pieces, settled } = await withBalance('0.0002')
    const answer = await pieces(Buffer.alloc(3_000_000))
    assert.deepEqual([answer?.status, (JSON.parse(answer?.body.toString() ?? '') as { code: string }).code], [402, 'insufficient_balance'])
    assert.ok((made.service.callsOf('/upload').at(-1)?.bytes ?? 0) <= 200_000)
    assert.equal(await settled(), 0n)
  })

  test('M20: of an answer that breaks off the delivered bytes are charged, and the call is not', async () => {
    const { call, settled, only } = await withBalance('1.00')
    const answer = await call('/cut/200000')
    assert.deepEqual([answer.status, answer.complete], [200, false])
    const charged = await settled()
    assert.equal(charged, BigInt(answer.body.length))
    const record = await only()
    assert.deepEqual([record.outcome, record['measured']], ['partial', { received: answer.body.length }])
  })

  for (const [what, said, units, flags] of [
    ['a number', '{"usage":{"pages":3}}', 3, []],
    ['none', '{"usage":{"pages":0}}', 0, []],
    ['a part', '{"usage":{"pages":2.5}}', 2.5, []],
    ['the most', '{"usage":{"pages":10}}', 10, []],
    ['more than the most', '{"usage":{"pages":10.5}}', 10, ['units_above_most']],
    ['more than a number can be', '{"usage":{"pages":1e999}}', 0, ['units_missing']],
    ['nothing', '{"usage":{}}', 0, ['units_missing']],
    ['text', '{"usage":{"pages":"3"}}', 0, ['units_missing']],
    ['less than nothing', '{"usage":{"pages":-3}}', 0, ['units_missing']],
    ['no JSON', '{"usage":{"pages":3}', 0, ['units_missing']],
  ] as const) {
    test(`an answer that says ${what} is charged for ${units} units`, async () => {
      const { call, settled } = await withBalance('0.101')
      const answer = await call(`/said?${encodeURIComponent(said)}`)
      assert.deepEqual([answer.status, answer.text], [200, said])
      const cost = 1_000_000n + BigInt(units * 10) * 1_000_000n
      assert.equal(nano(header(answer, 'faregate-cost') ?? ''), cost)
      assert.equal(await settled(), cost)
      const record = await recordOf(made, answer)
      assert.deepEqual([record['measured'], record.flags], [{ units }, flags])
    })
  }

  test('the most is held: whoever could not pay that is refused before anything is called', async () => {
    const { call, settled } = await withBalance('0.100999999')
    refusalOf(await call('/said?1'), 402, 'insufficient_balance')
    assert.equal(await settled(), 0n)
  })

  test('where the number cannot be read what is stated for that is charged, of packed JSON and of streams alike', async () => {
    const { call, settled } = await withBalance('1.00')
    assert.equal((await call('/packed')).status, 200)
    assert.equal(await settled(), 20_000_000n)
    assert.equal((await call('/events/2')).status, 200)
    assert.equal(await settled(), 30_000_000n)
  })

  test('M9: a refund gives back what was charged, and no more', async () => {
    const { call, settled } = await withBalance('1.00')
    const id = header(await call('/bytes/1000'), 'x-request-id') ?? ''
    await eventually(() => made.gateway.api.record(id))
    await made.gateway.api.expect(201, 'POST', `/api/requests/${id}/refund`, { reason: 'it was wrong' })
    assert.equal(await settled(), 0n)
  })

  test('/v1/explain says what is held for it, and for what', async () => {
    const { key } = await made.gateway.customer('1.00')
    const answer = await send(`${made.gateway.url}/v1/explain`, {
      headers: { authorization: `Bearer ${key}` },
      body: { path: '/test/said' },
    })
    const told = json(answer)
    assert.deepEqual([told['hold'], told['verdict']], ['0.101', 'allow'])
    assert.deepEqual(told['metered'], { sent: null, received: null, units: { ...UNITS, otherwise: 0 } })
  })
})
