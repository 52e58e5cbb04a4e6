import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { describe, test } from 'node:test'
import { certificate } from '../knobs/means.ts'
import { startGateway } from '../support/gateway.ts'
import { header, json } from '../support/http.ts'
import { ANY, callWith, recordOf, world } from './world.ts'

const SECRET = 'secret-that-stays-what-it-is-5'

describe('what a definition changes of a call', () => {
  const made = world(
    [
      { method: '*', path: '/v1/*', price: '0.02' },
      { method: '*', path: '/*', price: '0.01' },
    ],
    {
      rewrite: { from: '/v1', to: '/2024/api' },
      requestHeaders: { set: { 'X-Tenant': 'blue', 'user-agent': 'gateway' }, remove: ['Accept-Language', 'x-secret'] },
      responseHeaders: { set: { 'Cache-Control': 'no-store', vary: 'x-tenant' }, remove: ['ETag', 'x-own'] },
      hostHeader: 'caller',
    },
  )

  const seen = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await made.call(path, { headers })
    assert.equal(answer.status, 200, answer.text)
    return json(answer) as { url: string; headers: Record<string, string> }
  }

  test('the beginning of its path is another one, in whole segments; what follows and the query stay', async () => {
    assert.equal((await seen('/v1/a%20b/c?q=%2F')).url, '/2024/api/a%20b/c?q=%2F')
    assert.equal((await seen('/v1')).url, '/2024/api')
    assert.equal((await seen('/%761/x')).url, '/2024/api/x', 'what is charged as /v1 goes where /v1 goes')
    assert.equal((await seen('/v10/x')).url, '/v10/x')
  })

  test('the route that is charged is that of the path as the caller sent it', async () => {
    const answer = await made.call('/v1/x')
    assert.deepEqual([header(answer, 'faregate-cost'), (await recordOf(made, answer))['route']], ['0.02', '* /v1/*'])
  })

  test('headers are set, whatever the caller sent, and left out', async () => {
    const { headers } = await seen('/a', { 'x-tenant': 'red', 'user-agent': 'curl', 'accept-language': 'de', 'x-other': 'kept' })
    assert.deepEqual(
      [headers['x-tenant'], headers['user-agent'], headers['accept-language'], headers['x-other']],
      ['blue', 'gateway', undefined, 'kept'],
    )
  })

  test("headers of the answer likewise; the gateway's own stay", async () => {
    const { headers } = await made.call('/headers')
    assert.deepEqual([headers['cache-control'], headers['etag'], headers['x-own']], ['no-store', undefined, undefined])
    assert.match(String(headers['vary']), /x-tenant/)
    assert.equal(headers['faregate-cost'], '0.01')
    assert.equal(headers['content-type'], 'application/json')
  })

  test('the host is that under which callers find the gateway, whatever they wrote', async () => {
    const { host } = new URL(made.gateway.url)
    assert.deepEqual([(await seen('/a', { host: 'admin.internal' })).headers['host'], (await seen('/a')).headers['host']], [host, host])
  })
})

describe('what a definition cannot change', () => {
  const made = world()

  test('is refused where it is defined, by pointer, and the secret stays the secret', async () => {
    const { gateway, service } = made
    const base = {
      routes: [{ method: '*', path: '/*', free: true }],
      upstream: { baseUrl: service.url, header: { name: 'x-secret', value: SECRET } },
    }
    for (const [members, pointer] of [
      [{ requestHeaders: { set: { Connection: 'close' } } }, '/requestHeaders/set/Connection'],
      [{ requestHeaders: { set: { 'X-Secret': 'other' } } }, '/requestHeaders/set/X-Secret'],
      [{ requestHeaders: { remove: ['host'] } }, '/requestHeaders/remove/0'],
      [{ responseHeaders: { set: { 'faregate-cost': '0' } } }, '/responseHeaders/set/faregate-cost'],
      [{ responseHeaders: { remove: ['x-request-id'] } }, '/responseHeaders/remove/0'],
      [{ rewrite: { from: 'v1', to: '/' } }, '/rewrite/from'],
    ] as const) {
      const answer = await gateway.api.call('POST', '/api/apis', { name: 'other', prefix: '/other', ...base, ...members })
      assert.deepEqual([answer.status, json(answer)['pointer']], [400, pointer], answer.text)
    }
  })
})

describe('the host of the public URL is told over TLS as well', () => {
  for (const name of ['localhost', '127.0.0.1']) {
    test(`and the certificate that is wanted stays that of the address: ${name}`, async (t) => {
      const { cert, key } = certificate()
      const hosts: unknown[] = []
      const server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (request, response) => {
        hosts.push(request.headers.host)
        response.end('{}')
      }).listen(0, '127.0.0.1')
      await once(server, 'listening')
      const { port } = server.address() as AddressInfo
      const api = { prefix: '/test', upstream: { baseUrl: `https://${name}:${port}` }, hostHeader: 'caller', routes: ANY }
      const gateway = await startGateway({
        config: { publicUrl: 'https://weather.example', apis: { test: api } },
        env: { NODE_EXTRA_CA_CERTS: cert },
      })
      t.after(async () => {
        await gateway.stop()
        server.close()
      })
      const customer = await gateway.customer('1.00')
      const answer = await callWith(gateway, customer.key, '/a', { headers: { host: 'tides.example:443' } })
      assert.equal(answer.status, 200, answer.text)
      assert.deepEqual(hosts, ['weather.example'])
    })
  }
})
