import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { authority, type Authority, type Proof } from '../support/certificates.ts'
import { json } from '../support/http.ts'
import { eventually } from '../support/wait.ts'
import { several } from './several.ts'
import { TlsService } from './tls-service.ts'
import { refusalOf } from './world.ts'

const HERE = [{ type: 'ip', value: '127.0.0.1' }] as const

describe('upstreams of APIs with TLS', () => {
  const made = several(0)
  let own: Authority
  let clients: Authority
  let gateway: Proof
  let strict: TlsService
  let open: TlsService
  let old: TlsService
  before(async () => {
    own = await authority()
    clients = await authority('CN=Authority of clients')
    gateway = await clients.issue('CN=gateway')
    const server = await own.issue('CN=service', { names: [...HERE] })
    strict = await new TlsService(server, { clientCa: clients.certificate }).start()
    open = await new TlsService(server).start()
    old = await new TlsService(server, { http2: false }).start()
  })
  after(() => Promise.all([strict, open, old].map((service) => service?.close())))

  const ca = () => [own.certificate]
  const api = (service: TlsService, upstream: Record<string, unknown> = {}, more: Record<string, unknown> = {}) =>
    made.api([{ baseUrl: service.url }], { upstream: { ca: ca(), ...upstream }, ...more })

  test('are trusted where an authority that the definition names vouches for them, and nowhere else', async () => {
    const { call, charged } = await api(open)
    assert.equal((await call('/trusted')).text, '1.1 nobody')
    await charged(1)
    const usual = await made.api([{ baseUrl: open.url }])
    refusalOf(await usual.call('/usual'), 502, 'provider_error')
    const other = await api(open, { ca: [clients.certificate] })
    refusalOf(await other.call('/other'), 502, 'provider_error')
    assert.equal(open.callsOf('/usual').length + open.callsOf('/other').length, 0)
  })

  test('are shown the certificate of the definition, each API its own, and refuse whoever shows none or another one', async () => {
    const stranger = await (await authority('CN=Elsewhere')).issue('CN=stranger')
    const second = await clients.issue('CN=second')
    const apis = await Promise.all([gateway, second].map((mutualTls) => api(strict, { mutualTls })))
    const answers = await Promise.all(apis.map(({ call }) => call('/shown')))
    assert.deepEqual(
      answers.map(({ text }) => text),
      ['1.1 gateway', '1.1 second'],
    )
    for (const upstream of [{}, { mutualTls: stranger }]) {
      const { call, charged } = await api(strict, upstream)
      refusalOf(await call('/refused'), 502, 'provider_error')
      await charged(0)
    }
    assert.equal(strict.callsOf('/refused').length, 0)
  })

  test('tests, checks and the look before a release show it as well', async () => {
    const health = { check: { path: '/health', intervalMs: 1_000 } }
    const { name } = await api(strict, { mutualTls: gateway }, { health })
    await eventually(() => assert.equal(strict.callsOf('/health').at(-1)?.client, 'gateway'))
    const tested = await made.gateway.api.expect<{ ok: boolean; message: string }>(200, 'POST', `/api/apis/${name}/test`, {})
    assert.ok(tested.ok, tested.message)
    const publish = async (upstream: object) => {
      const path = `/api/apis/${name}`
      const { revision } = await made.gateway.api.expect<{ revision: number }>(200, 'PATCH', `${path}/draft`, { upstream, retries: 1 })
      return made.gateway.api.call('POST', `${path}/releases`, { revision, override: ['unpayable'] })
    }
    const refused = await publish({ mutualTls: null })
    assert.deepEqual([refused.status, json(refused)['code']], [409, 'release_refused'])
    assert.equal((await publish({ mutualTls: gateway })).status, 201)
  })

  test('a key is never shown, and stays with a change without it; what does not belong together is refused', async () => {
    const { name, call } = await api(strict, { mutualTls: gateway })
    const path = `/api/apis/${name}`
    const { text } = await made.gateway.api.call('GET', path)
    assert.ok(!text.includes('PRIVATE KEY') && text.includes('BEGIN CERTIFICATE'))
    const { certificate } = gateway
    await made.gateway.api.expect(200, 'PATCH', path, { upstream: { mutualTls: { certificate } } })
    assert.equal((await call('/kept')).text, '1.1 gateway')
    const exported = await made.gateway.api.call('GET', '/api/export')
    assert.ok(!exported.text.includes('PRIVATE KEY'))
    const other = await clients.issue('CN=other')
    for (const [upstream, pointer] of [
      [{ mutualTls: { certificate: other.certificate } }, '/upstream/mutualTls/key'],
      [{ mutualTls: { certificate, key: 'none' } }, '/upstream/mutualTls/key'],
      [{ mutualTls: { certificate: 'none', key: other.key } }, '/upstream/mutualTls/certificate'],
      [{ ca: ['none'] }, '/upstream/ca/0'],
      [{ ca: [certificate] }, '/upstream/ca/0'],
      [{ baseUrl: 'http://127.0.0.1:1' }, '/upstream/ca'],
    ] as const) {
      const refused = await made.gateway.api.call('PATCH', path, { upstream })
      assert.deepEqual([refused.status, json(refused)['pointer']], [400, pointer])
    }
  })

  test('are called with HTTP/2 where the definition says so and they offer it: many calls on one connection, bodies in both directions', async () => {
    const { call, charged } = await api(strict, { mutualTls: gateway }, { http2: true })
    await call('/first')
    const known = strict.connections
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => call('/h2', { method: 'POST', body: `body-${i}` })))
    assert.deepEqual(new Set(answers.map(({ text }) => text)), new Set(['2.0 gateway']))
    assert.deepEqual(
      strict
        .callsOf('/h2')
        .map(({ body }) => body)
        .toSorted(),
      Array.from({ length: 20 }, (_, i) => `body-${i}`).toSorted(),
    )
    assert.ok(strict.connections - known < 3, `${strict.connections - known} more connections`)
    assert.equal((await call('/bytes/3000000')).text.length, 3_000_000)
    assert.equal(strict.callsOf('/h2')[0]?.host, new URL(strict.url).host)
    await charged(22)
    const without = await api(open)
    assert.equal((await without.call('/without')).text, '1.1 nobody')
    const older = await api(old, {}, { http2: true })
    assert.equal((await older.call('/older')).text, '1.1 nobody')
  })

  test('over HTTP/2 an answer that breaks off never looks whole, one that does not come is not waited for, and neither is charged', async () => {
    const { call, charged } = await api(open, {}, { http2: true, timeouts: { firstByteMs: 1_000 } })
    const broken = await call('/cut')
    assert.deepEqual([broken.status, broken.complete], [200, false])
    refusalOf(await call('/silent'), 504, 'provider_timeout')
    await charged(0)
    assert.equal((await call('/again')).text, '2.0 nobody')
    await charged(1)
  })

  test('HTTP/2 is for upstreams with TLS: elsewhere it would change nothing, and is refused', async () => {
    const { api: management } = made.gateway
    const routes = [{ method: 'GET', path: '/a', free: true }]
    const refused = await management.call('POST', '/api/apis', { name: 'plain', upstream: { baseUrl: made.dead }, routes, http2: true })
    assert.deepEqual([refused.status, json(refused)['pointer']], [400, '/http2'])
  })
})
