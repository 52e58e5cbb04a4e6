import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { assertSettled } from '../../support/api.ts'
import { nano } from '../../support/decimal.ts'
import { residentMb } from '../../support/process.ts'
import { eventually, pause } from '../../support/wait.ts'
import { closeInOrder, messageOf, PRICE, recorded, SECRET, socketWorld } from './world.ts'

describe('a WebSocket through a published API', () => {
  const made = socketWorld({ authentication: { key: { query: 'access', subprotocol: 'faregate-key' } }, timeouts: { idleMs: 60_000 } })

  test('carries text, bytes, large messages, compression, pings and codes of ends in both directions, as they are', async () => {
    const opened = await made.open('/echo', { perMessageDeflate: true })
    const { ws, response } = opened
    assert.match(String(response.headers['sec-websocket-extensions']), /permessage-deflate/)
    const large = Buffer.alloc(5 * 1024 * 1024, 'faregate ')
    for (const message of [Buffer.from('text'), Buffer.alloc(200, 7), Buffer.alloc(70_000, 'y'), large]) {
      ws.send(message)
      assert.ok((await messageOf(ws)).equals(message))
    }
    ws.ping('here')
    assert.equal(String((await once(ws, 'pong'))[0]), 'here')
    ws.close(4_002, 'mine')
    assert.equal(await made.service.last.closed, 4_002)
    assert.equal(await opened.closed, 4_002)
    assert.equal(await (await made.open('/leave')).closed, 4_001)
  })

  test('is charged when it opens, says so, and is recorded with how long it was open and what passed', async () => {
    const customer = await made.gateway.customer('1.00')
    const opened = await made.open('/echo', { key: customer.key, perMessageDeflate: false })
    assert.deepEqual([opened.response.statusCode, opened.response.headers['faregate-cost']], [101, PRICE])
    assert.equal((await made.gateway.api.balance(customer.organization)).posted, PRICE)
    opened.ws.send('four')
    await messageOf(opened.ws)
    await closeInOrder(opened)
    const { record, connection } = await recorded(made, opened)
    const { outcome, cost, delivery } = record
    assert.deepEqual([outcome, record['status'], cost, record['route'], delivery], ['served', 101, PRICE, 'GET /{what}', 'confirmed'])
    const { ms, ...passed } = connection
    // A frame of four bytes and one of an end; what a client sends is masked.
    assert.deepEqual(passed, { receivedBytes: 10 + 8, sentBytes: 6 + 4, ended: 'caller' })
    assert.ok(Number(ms) >= 0)
    assert.equal(nano((await assertSettled(made.gateway.api, customer.organization)).posted), nano(PRICE))
  })

  test('reaches the upstream with the secret of the API, without the key, and with what its caller says beside it', async () => {
    const opened = await made.open('/echo?x=1', { headers: { 'x-own': 'kept', cookie: 'a=b', origin: 'https://shop.example' } })
    const { url, headers } = made.service.last
    assert.equal(url, '/echo?x=1')
    assert.deepEqual(
      [headers['x-secret'], headers['x-own'], headers['origin'], headers['cookie']],
      [SECRET, 'kept', 'https://shop.example', undefined],
    )
    assert.equal(headers['x-request-id'], opened.response.headers['x-request-id'])
    assert.ok(!JSON.stringify(headers).includes(made.customer.key))
    await closeInOrder(opened)
  })

  test('opens with a key in the query, or offered as a protocol, where its definition says so; neither goes on', async () => {
    const { key } = made.customer
    const named = `faregate-key.${key}`
    for (const [path, protocols, chosen, offered] of [
      [`/echo?access=${key}&x=1`, [], undefined, undefined],
      ['/echo?x=1', ['chat', named], 'chat', 'chat'],
      ['/echo?x=1', ['faregate-key', named], 'faregate-key', undefined],
      ['/echo?x=1', ['faregate-key', named, 'chat'], 'chat', 'chat'],
    ] as const) {
      const opened = await made.open(path, { key: undefined, protocols: [...protocols] } as never)
      assert.equal(opened.response.headers['sec-websocket-protocol'], chosen)
      assert.deepEqual([made.service.last.url, made.service.last.headers['sec-websocket-protocol']], ['/echo?x=1', offered])
      await closeInOrder(opened)
    }
  })

  test('opens for a browser, which can offer protocols and nothing else', async () => {
    const browser = new globalThis.WebSocket(`${made.gateway.url.replace('http', 'ws')}/test/echo`, [
      'faregate-key',
      `faregate-key.${made.customer.key}`,
    ])
    await once(browser as unknown as NodeJS.EventEmitter & EventTarget, 'open')
    assert.equal(browser.protocol, 'faregate-key')
    const said = once(browser, 'message') as Promise<[{ data: string }]>
    browser.send('from a browser')
    assert.equal((await said)[0].data, 'from a browser')
    browser.close()
  })

  test('is read from its upstream as fast as its caller reads, in constant memory', async (t) => {
    const { ws } = await made.open('/flood')
    await once(ws, 'message')
    ws.pause()
    const settledAt = await eventually(async () => {
      const before = made.service.flooded
      await pause(300)
      assert.equal(made.service.flooded, before, 'the upstream is still read')
      return before
    })
    const idle = residentMb(made.gateway.pid)
    ws.resume()
    await eventually(() => assert.ok(made.service.flooded > settledAt + 100 * 1024 * 1024), 20_000)
    const rise = residentMb(made.gateway.pid) - idle
    t.diagnostic(`${rise} MB while 100 MB passed; ${Math.round(settledAt / 1024)} kB waited`)
    assert.ok(rise < 60, `${rise} MB`)
    ws.terminate()
  })

  test('what is free opens without a balance, and is recorded', async () => {
    const { key } = await made.gateway.customer()
    const opened = await made.open('/echo', { key, prefix: '/free' })
    assert.equal(opened.response.headers['faregate-cost'], '0.00')
    await closeInOrder(opened)
    assert.equal((await recorded(made, opened)).record.cost, '0.00')
  })
})
