import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { describe, test } from 'node:test'
import { assertSettled } from '../support/api.ts'
import { nano } from '../support/decimal.ts'
import { header } from '../support/http.ts'
import { talk } from '../support/raw.ts'
import { eventually, gate, pause } from '../support/wait.ts'
import { callWith, PRICE, recordOf, refusalOf, world } from './world.ts'
import { startGateway } from '../support/gateway.ts'
import { published, startService } from '../support/service.ts'

const PATIENCE = { timeouts: { firstByteMs: 500, silenceMs: 500 } }

describe('an upstream that fails', () => {
  const made = world(undefined, PATIENCE)

  for (const [path, status, code] of [
    ['/status/500', 502, 'provider_error'],
    ['/status/503', 502, 'provider_error'],
    ['/status/401', 502, 'provider_auth_failed'],
    ['/status/402', 503, 'provider_account_unpaid'],
    ['/status/429', 503, 'provider_rate_limited'],
    ['/reset', 502, 'provider_error'],
    ['/garbled', 502, 'provider_error'],
    ['/cut/100', 502, 'provider_error'],
    ['/silent', 504, 'provider_timeout'],
    ['/stuck/100', 504, 'provider_timeout'],
  ] as const) {
    test(`${path}: ${status} ${code}, nothing is charged or held, and it is the operator's`, async () => {
      const customer = await made.gateway.customer('1.00')
      const answer = await callWith(made.gateway, customer.key, path)
      const problem = refusalOf(answer, status, code)
      assert.deepEqual((problem['scope'] as Record<string, unknown>)['level'], 'api')
      assert.ok(!answer.text.includes(new URL(made.service.url).host), 'the upstream is for nobody else to know')
      const balance = await assertSettled(made.gateway.api, customer.organization)
      assert.equal(nano(balance.posted), 0n)
      const record = await recordOf(made, answer)
      assert.deepEqual([record.outcome, record.denial, record.cost, record['route']], ['failed', code, '0.00', '* /*'])
    })
  }

  test('an answer that breaks off is cut for the caller too, and costs nothing', async () => {
    for (const path of ['/cut/200000', '/stuck/200000']) {
      const customer = await made.gateway.customer('1.00')
      const answer = await callWith(made.gateway, customer.key, path)
      assert.deepEqual([answer.status, answer.complete], [200, false])
      const balance = await assertSettled(made.gateway.api, customer.organization)
      assert.equal(nano(balance.posted), 0n)
      const [record] = await eventually(async () => {
        const records = await made.gateway.api.records({ organization: customer.organization })
        assert.equal(records.length, 1)
        return records
      })
      assert.deepEqual([record?.outcome, record?.cost], ['failed', '0.00'])
    }
  })

  test('an answer that comes before the body was sent reaches the caller', async () => {
    const answer = await made.call('/early', { method: 'POST', body: Buffer.alloc(3_000_000) })
    assert.deepEqual([answer.status, answer.text], [413, 'large'])
    assert.equal((await made.call('/any')).status, 200)
  })

  test('what the upstream asks to be waited for is told, as long as that is short', async () => {
    const answer = await made.call('/status/429')
    assert.equal(header(answer, 'retry-after'), '7')
    assert.equal(header(answer, 'x-should-retry'), 'true')
  })
})

test('nobody listens there: 502, and the next call is served when somebody does', async (t) => {
  const service = await startService()
  const { port } = new URL(service.url)
  const gateway = await startGateway({ config: published(service, [{ method: 'GET', path: '/*', price: PRICE }]) })
  await service.close()
  const { key, organization } = await gateway.customer('1.00')
  refusalOf(await callWith(gateway, key, '/a'), 502, 'provider_error')
  const again = await startService(Number(port))
  t.after(async () => {
    await gateway.stop()
    await again.close()
  })
  assert.equal((await callWith(gateway, key, '/a')).status, 200)
  assert.equal(nano((await assertSettled(gateway.api, organization)).posted), nano(PRICE))
})

describe('a caller who goes away', () => {
  const made = world()

  async function leaving(path: string, after: (bytes: number) => boolean) {
    const customer = await made.gateway.customer('1.00')
    const { hostname, port } = new URL(made.gateway.url)
    const socket = connect(Number(port), hostname)
    let bytes = 0
    socket.on('error', () => undefined)
    socket.on('data', (piece) => {
      bytes += piece.length
      if (after(bytes)) socket.destroy()
    })
    socket.write(`GET /test${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${customer.key}\r\n\r\n`)
    return { customer, socket }
  }

  async function only(organization: string) {
    return eventually(async () => {
      const records = await made.gateway.api.records({ organization })
      assert.equal(records.length, 1)
      return records[0]
    })
  }

  test('before the first byte: the upstream is cancelled, nothing is charged, one record', async () => {
    const release = gate()
    made.service.held = release.promise
    const { customer, socket } = await leaving('/bytes/10', () => false)
    await eventually(() => assert.ok(made.service.callsOf('/bytes/10').length > 0))
    socket.destroy()
    await eventually(() => assert.ok(made.service.callsOf('/bytes/10').at(-1)?.abandoned), 2_000)
    release.open()
    made.service.held = undefined
    const record = await only(customer.organization)
    assert.deepEqual([record?.outcome, record?.cost, record?.delivery], ['aborted', '0.00', 'none'])
    assert.equal(nano((await assertSettled(made.gateway.api, customer.organization)).posted), 0n)
  })

  test('in the middle of the answer: the upstream is cancelled, the call is charged once', async () => {
    const { customer } = await leaving('/bytes/500000000', (bytes) => bytes > 1_000_000)
    await eventually(() => assert.ok(made.service.callsOf('/bytes/500000000').at(-1)?.abandoned), 5_000)
    const record = await only(customer.organization)
    assert.deepEqual([record?.outcome, record?.cost, record?.delivery], ['aborted', PRICE, 'unconfirmed'])
    assert.equal(nano((await assertSettled(made.gateway.api, customer.organization)).posted), nano(PRICE))
  })

  test('in the middle of its own body: nothing is charged', async () => {
    const customer = await made.gateway.customer('1.00')
    const start = `POST /test/upload HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${customer.key}\r\ncontent-length: 1000000\r\n\r\nxxxx`
    void talk(made.gateway.url, start, { withinMs: 300 })
    const record = await only(customer.organization)
    assert.deepEqual([record?.outcome, record?.cost], ['aborted', '0.00'])
    assert.equal(nano((await assertSettled(made.gateway.api, customer.organization)).posted), 0n)
    assert.equal((await made.call('/any')).status, 200)
  })
})

describe('Expect: 100-continue', () => {
  const made = world()
  const head = (key: string, more = '') =>
    `POST /test/upload HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\nexpect: 100-continue\r\ncontent-length: 4\r\n${more}\r\n`

  test('is answered once the call is admitted, and the body goes on', async () => {
    const { hostname, port } = new URL(made.gateway.url)
    const socket = connect(Number(port), hostname)
    let said = ''
    socket.on('data', (piece) => (said += piece.toString('latin1')))
    socket.write(head(made.customer.key))
    await eventually(() => assert.match(said, /^HTTP\/1\.1 100 Continue\r\n\r\n$/))
    socket.write('body')
    await eventually(() => assert.match(said, /HTTP\/1\.1 200 OK/))
    socket.destroy()
    assert.equal(made.service.callsOf('/upload').at(-1)?.bytes, 4)
  })

  test('whoever cannot pay is told before sending anything', async () => {
    const poor = await made.gateway.customer()
    const before = made.service.calls.length
    const { answers } = await talk(made.gateway.url, head(poor.key), { answers: 1 })
    assert.equal(answers[0]?.status, 402)
    await pause(50)
    assert.equal(made.service.calls.length, before)
  })
})
