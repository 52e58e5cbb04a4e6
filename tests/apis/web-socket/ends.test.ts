import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, describe, test } from 'node:test'
import { assertSettled } from '../../support/api.ts'
import { nano } from '../../support/decimal.ts'
import { startGateway } from '../../support/gateway.ts'
import type { Gateway } from '../../support/gateway.ts'
import { startSocketService } from '../../support/socket-service.ts'
import type { SocketService } from '../../support/socket-service.ts'
import { eventually, gate } from '../../support/wait.ts'
import { configOf, openAt, PRICE, recorded } from './world.ts'
import type { Opened } from './world.ts'

/** So that a test need not wait; a gateway of its own, which others would close. */
const IDLE = { timeouts: { idleMs: 400 } }

describe('how a WebSocket through a published API ends', () => {
  let service: SocketService
  let gateway: Gateway

  before(async () => {
    service = await startSocketService()
    gateway = await startGateway({ config: configOf(service, IDLE) })
  })
  after(async () => {
    await gateway?.stop()
    await service?.close()
  })

  const endOf = async (opened: Opened) => (await recorded({ gateway }, opened)).connection['ended']

  async function chargedOnce(organization: string): Promise<void> {
    await eventually(async () => assert.equal(nano((await assertSettled(gateway.api, organization)).posted), nano(PRICE)))
  }

  test('one on which nothing passes is closed with 1001 on both sides', async () => {
    const { key, organization } = await gateway.customer('1.00')
    const opened = await openAt(gateway, '/echo', { key })
    const { closed } = service.last
    assert.deepEqual([await opened.closed, await closed], [1001, 1001])
    assert.equal(await endOf(opened), 'idle')
    await chargedOnce(organization)
  })

  test('a caller who is cut off takes the upstream along, and the reverse; each is charged once', async () => {
    const { key, organization } = await gateway.customer('1.00')
    const first = await openAt(gateway, '/echo', { key })
    const { socket, closed } = service.last
    first.ws.terminate()
    assert.equal(await closed, 1006)
    assert.equal(socket.destroyed, true)
    assert.equal(await endOf(first), 'caller')
    await chargedOnce(organization)

    const other = await gateway.customer('1.00')
    const second = await openAt(gateway, '/cut', { key: other.key })
    second.ws.send('cut')
    assert.equal(await second.closed, 1006)
    assert.equal(await endOf(second), 'upstream')
    await chargedOnce(other.organization)
  })

  test('a caller who leaves before the upstream answered its handshake owes nothing, and the upstream is left', async () => {
    const { key, organization } = await gateway.customer('1.00')
    const asked = gate()
    service.onCall = () => asked.open()
    const opening = openAt(gateway, '/silent', { key, handshakeTimeout: 300 })
    await asked.promise
    service.onCall = undefined
    const left = once(service.last.socket, 'close')
    await assert.rejects(opening)
    await left
    await eventually(async () => {
      const { posted, held } = await assertSettled(gateway.api, organization)
      assert.deepEqual([nano(posted), nano(held)], [0n, 0n])
    })
  })

  test('an upstream that cannot be reached: 502, at no charge', async () => {
    const { key, organization } = await gateway.customer('1.00')
    service.onCall = () => service.last.socket.resetAndDestroy()
    await assert.rejects(openAt(gateway, '/echo', { key }), /502/)
    service.onCall = undefined
    assert.equal(nano((await assertSettled(gateway.api, organization)).posted), 0n)
  })
})

describe('a gateway that ends while a WebSocket is open', () => {
  let service: SocketService
  let gateway: Gateway

  before(async () => {
    service = await startSocketService()
    gateway = await startGateway({ config: configOf(service) })
  })
  after(async () => {
    await gateway?.stop()
    await service?.close()
  })

  test('in order: both sides are told 1001, between two frames, and it ends at once; it was charged once', async () => {
    const { key, organization } = await gateway.customer('1.00')
    const [idle, busy] = [await openAt(gateway, '/echo', { key }), await openAt(gateway, '/flood', { key })]
    let broken: Error | undefined
    busy.ws.on('error', (error) => (broken = error))
    await once(busy.ws, 'message')
    const [, toIdle] = service.handshakes.map(({ closed }) => closed).toReversed()
    const startedAt = performance.now()
    assert.equal(await gateway.kill('SIGTERM'), 0)
    assert.ok(performance.now() - startedAt < 15_000, 'it did not wait for what never ends')
    assert.deepEqual([await idle.closed, await busy.closed, await toIdle], [1001, 1001, 1001])
    assert.equal(broken, undefined)
    await gateway.start()
    assert.equal((await recorded({ gateway }, idle)).connection['ended'], 'shutdown')
    assert.equal(nano((await assertSettled(gateway.api, organization)).posted), 2n * nano(PRICE))
  })

  test('killed: it was charged once, whatever it carried', async () => {
    const { key, organization } = await gateway.customer('1.00')
    const opened = await openAt(gateway, '/echo', { key })
    const { closed } = service.last
    await gateway.kill('SIGKILL')
    assert.deepEqual([await opened.closed, await closed], [1006, 1006])
    await gateway.start()
    assert.equal(nano((await assertSettled(gateway.api, organization)).posted), nano(PRICE))
  })
})
