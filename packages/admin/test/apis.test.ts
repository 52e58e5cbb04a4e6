import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { parse } from 'yaml'
import { apiSealName, type HttpApi } from '@faregate/core'
import { startHarness, type Harness } from './support/harness.ts'

const SECRET = 'service-secret-that-nobody-may-see-1234'
const ROUTES = [
  { method: 'GET', path: '/forecast/{city}', price: '0.002' },
  { method: 'GET', path: '/status', free: true },
]
const WEATHER = {
  name: 'weather',
  prefix: '/weather',
  upstream: { baseUrl: 'https://weather.example/v3/', header: { name: 'x-api-key', value: SECRET } },
  routes: ROUTES,
}

/** Of the secrets towards an upstream. */
const UNSAID = { basic: null, oauth: null, mutualTls: null, ca: null }

describe('published APIs at run time', () => {
  let api: Harness
  before(async () => {
    api = await startHarness()
    await api.call('POST', '/api/apis', { body: WEATHER })
  })
  after(() => api.close())

  const inForce = (): HttpApi => {
    const entry = api.deps.snapshot().apis.get('weather')
    return entry?.kind === 'http' ? entry : assert.fail('it is no service')
  }
  const secretInForce = (): string | undefined => inForce().upstream.header?.secret

  it('is in force at once; its secret is sealed, usable, and never shown', async () => {
    const answer = await api.call('GET', '/api/apis/weather')
    assert.equal(answer.status, 200, answer.text)
    assert.deepEqual(answer.body, {
      name: 'weather',
      organization: null,
      kind: 'http',
      prefix: '/weather',
      url: 'https://gateway.example/weather',
      upstream: { baseUrl: 'https://weather.example/v3', header: { name: 'x-api-key', lastFour: '1234' }, ...UNSAID },
      staging: null,
      routes: [
        {
          method: 'GET',
          path: '/forecast/{city}',
          price: '0.002',
          metered: null,
          free: false,
          chargeOn: ['2xx', '3xx'],
          off: false,
          webSocket: false,
          retirement: null,
        },
        {
          method: 'GET',
          path: '/status',
          price: null,
          metered: null,
          free: true,
          chargeOn: ['2xx', '3xx'],
          off: false,
          webSocket: false,
          retirement: null,
        },
      ],
      timeouts: { connectMs: null, firstByteMs: null, silenceMs: null, idleMs: null },
      upstreams: null,
      health: null,
      retries: null,
      addresses: null,
      rewrite: null,
      requestHeaders: null,
      responseHeaders: null,
      hostHeader: null,
      cache: null,
      http2: null,
      authentication: null,
      identity: null,
      encodedSlashes: 'refuse',
      validation: null,
      checks: null,
      prompt: null,
      models: null,
      policy: null,
      release: 1,
      canary: null,
      document: false,
      documentId: null,
      retirement: null,
      presentation: null,
      listing: { visibility: 'organization', owner: null, invited: [] },
      managedBy: { source: 'database' },
    })
    assert.equal(secretInForce(), SECRET)
    const [stored] = await api.store.read.selectFrom('apis').selectAll().execute()
    assert.ok(stored !== undefined && !stored.definition.includes(SECRET))
    const audit = await api.call('GET', '/api/audit?limit=500')
    assert.ok(audit.text.includes('api.create') && !audit.text.includes(SECRET))
  })

  it('changes what is sent, keeps the rest, takes away with null', async () => {
    const changed = await api.call('PATCH', '/api/apis/weather', { body: { timeouts: { firstByteMs: 5 }, encodedSlashes: 'pass' } })
    assert.equal(changed.status, 200, changed.text)
    assert.deepEqual(changed.body.timeouts, { connectMs: null, firstByteMs: 5, silenceMs: null, idleMs: null })
    const back = await api.call('PATCH', '/api/apis/weather', { body: { timeouts: null, encodedSlashes: null } })
    assert.deepEqual(
      [back.body.timeouts, back.body.encodedSlashes],
      [{ connectMs: null, firstByteMs: null, silenceMs: null, idleMs: null }, 'refuse'],
    )
    const moved = await api.call('PATCH', '/api/apis/weather', {
      body: { upstream: { baseUrl: 'https://other.example', header: { name: 'x-key' } } },
    })
    assert.deepEqual(moved.body.upstream, { baseUrl: 'https://other.example', header: { name: 'x-key', lastFour: '1234' }, ...UNSAID })
    assert.equal(secretInForce(), SECRET)
    const bare = await api.call('PATCH', '/api/apis/weather', { body: { upstream: { baseUrl: 'https://other.example', header: null } } })
    assert.deepEqual(bare.body.upstream, { baseUrl: 'https://other.example', header: null, ...UNSAID })
    assert.equal((await api.call('PATCH', '/api/apis/weather', { body: { upstream: WEATHER.upstream } })).status, 200)
  })

  it('has one upstream or several: each takes the place of the other, and secrets stay beside both', async () => {
    const changed = async (body: Record<string, unknown>): Promise<unknown[]> => {
      const answer = await api.call('PATCH', '/api/apis/weather', { body })
      assert.equal(answer.status, 200, answer.text)
      const upstream = answer.body['upstream'] as { baseUrl: string; header: unknown }
      assert.ok(upstream.header !== null)
      return [upstream.baseUrl, answer.body['upstreams']]
    }
    const several = [{ baseUrl: 'https://a.example/', weight: 3 }, { baseUrl: 'https://b.example' }]
    const kept = [{ baseUrl: 'https://a.example', weight: 3 }, { baseUrl: 'https://b.example' }]
    assert.deepEqual(await changed({ upstreams: several }), ['https://a.example', kept])
    assert.deepEqual(await changed({ timeouts: null }), ['https://a.example', kept])
    assert.equal(inForce().upstreams?.length, 2)
    const { yaml } = (await api.call('GET', '/api/export')).body as { yaml: string }
    const { weather } = (parse(yaml) as { apis: Record<string, Record<string, unknown>> }).apis
    assert.deepEqual([weather?.['upstreams'], Object.keys(weather?.['upstream'] ?? {})], [kept, ['header']])
    assert.deepEqual(await changed({ upstreams: null }), ['https://a.example', null])
    assert.deepEqual(await changed({ upstreams: several }), ['https://a.example', kept])
    assert.deepEqual(await changed({ upstream: { baseUrl: 'https://weather.example/v3/' } }), ['https://weather.example/v3', null])
    const both = { upstream: { baseUrl: 'https://weather.example' }, upstreams: several }
    assert.equal((await api.call('PATCH', '/api/apis/weather', { body: both })).body['pointer'], '/upstreams')
  })

  it('seals each secret under a name of its own, and shows none', async () => {
    const client = { tokenUrl: 'https://id.example/token', clientId: 'shop', scopes: ['read'] }
    const oauth = { ...client, clientSecret: 'client-secret-that-nobody-may-see-5678' }
    const put = async (upstream: Record<string, unknown>) => {
      const answer = await api.call('PATCH', '/api/apis/weather', { body: { upstream } })
      assert.equal(answer.status, 200, answer.text)
      assert.ok(!answer.text.includes('nobody-may-see'))
      return answer.body['upstream'] as Record<string, unknown>
    }
    assert.deepEqual((await put({ oauth }))['oauth'], { ...client, lastFour: '5678' })
    assert.equal(inForce().upstream.oauth?.secret, oauth.clientSecret)
    const kept = await api.deps.store.read.apis.get('weather')
    const { sealed } = (kept?.kind === 'http' ? kept.upstream.oauth : undefined) ?? assert.fail()
    assert.ok(
      Buffer.from(sealed, 'base64')
        .toString()
        .startsWith(`${apiSealName('weather', 'oauth')}\n`),
    )
    assert.equal(new Set(['header', 'basic', 'oauth'].map((kind) => apiSealName('weather', kind as 'header'))).size, 3)
    const basic = { user: 'gateway', secret: 'password-that-nobody-may-see-9012' }
    const other = await put({ oauth: null, basic })
    assert.deepEqual([other['oauth'], other['basic']], [null, { user: 'gateway', lastFour: '9012' }])
    assert.deepEqual((await put({ basic: { user: 'renamed' } }))['basic'], { user: 'renamed', lastFour: '9012' })
    assert.equal(inForce().upstream.basic?.secret, basic.secret)
    assert.equal((await put({ basic: null }))['basic'], null)
    const { yaml } = (await api.call('GET', '/api/export')).body as { yaml: string }
    assert.ok(!yaml.includes('oauth'))
  })

  it('refuses what cannot be served or charged, by pointer: nothing is published that would surprise a caller', async () => {
    for (const [changes, pointer] of [
      [{ routes: [{ method: 'GET', path: '/a' }] }, '/routes/0/price'],
      [{ routes: [{ method: 'GET', path: '/a', price: '0' }] }, '/routes/0/price'],
      [{ routes: [{ method: 'GET', path: '/a', price: 0.01 }] }, '/routes/0/price'],
      [{ routes: [{ method: 'GET', path: '/a', price: '0.01', free: true }] }, '/routes/0/free'],
      [{ routes: [{ method: 'BREW', path: '/a', price: '0.01' }] }, '/routes/0/method'],
      [{ routes: [] }, '/routes'],
      [{ prefix: '/v1' }, '/prefix'],
      [{ prefix: '/api/weather' }, '/prefix'],
      [{ upstream: { baseUrl: 'https://a:b@weather.example' } }, '/upstream/baseUrl'],
      [{ upstream: { baseUrl: 'https://weather.example', header: { name: 'x-key' } } }, '/upstream/header/value'],
      [{ upstream: { ...WEATHER.upstream, basic: { user: 'a' } } }, '/upstream/basic/secret'],
      [{ upstream: { ...WEATHER.upstream, oauth: { tokenUrl: 'https://id.example', clientId: 'a' } } }, '/upstream/oauth/clientSecret'],
      [{ upstream: { header: { name: 'x-key', value: SECRET } } }, '/upstream/baseUrl'],
      [{ upstream: undefined }, '/upstream'],
      [{ upstreams: [] }, '/upstreams'],
      [{ addresses: { allow: ['10.0.0.0/33'] } }, '/addresses/allow/0'],
      [{ retries: 6 }, '/retries'],
      [{ name: 'With Space' }, '/name'],
    ] as const) {
      const answer = await api.call('POST', '/api/apis', { body: { ...WEATHER, name: 'other', prefix: '/other', ...changes } })
      assert.equal(answer.status, 400, `${pointer}: ${answer.text}`)
      assert.equal(answer.body.pointer, pointer)
    }
  })

  it('refuses a name or a prefix that is taken, and what the file defines', async () => {
    assert.equal((await api.call('POST', '/api/apis', { body: { ...WEATHER, prefix: '/elsewhere' } })).status, 409)
    const shared = await api.call('POST', '/api/apis', { body: { ...WEATHER, name: 'other' } })
    assert.equal(shared.status, 409)
    assert.match(String(shared.body.detail), /that of the API "weather"/)
    const filed = await api.call('POST', '/api/apis', { body: { ...WEATHER, name: 'other', prefix: '/filed' } })
    assert.equal(filed.status, 409)
    for (const [method, body] of [
      ['PATCH', { encodedSlashes: 'pass' }],
      ['DELETE', undefined],
    ] as const) {
      const answer = await api.call(method, '/api/apis/file-api', { body })
      assert.deepEqual([answer.status, answer.body.code, answer.body.file, answer.body.line], [409, 'managed_by_file', 'faregate.yaml', 7])
    }
    const { data } = (await api.call('GET', '/api/apis')).body as { data: { name: string }[] }
    assert.deepEqual(
      data.map(({ name }) => name),
      ['file-api', 'weather'],
    )
  })

  it('publishes once under one idempotency key', async () => {
    const body = { ...WEATHER, name: 'once', prefix: '/once' }
    const first = await api.call('POST', '/api/apis', { body, idempotencyKey: 'k1' })
    const second = await api.call('POST', '/api/apis', { body, idempotencyKey: 'k1' })
    assert.deepEqual([first.status, second.status, second.body], [201, 201, first.body])
    assert.equal((await api.call('DELETE', '/api/apis/once')).status, 204)
    assert.equal(api.deps.snapshot().apis.has('once'), false)
  })

  it('is exported as the file would have it, the secret as a reference to the environment', async () => {
    const { yaml } = (await api.call('GET', '/api/export')).body as { yaml: string }
    assert.ok(!yaml.includes(SECRET) && !yaml.includes('sealed'))
    const { apis } = parse(yaml) as { apis: Record<string, unknown> }
    assert.deepEqual(apis, {
      weather: {
        prefix: '/weather',
        upstream: { baseUrl: 'https://weather.example/v3', header: { name: 'x-api-key', value: '${WEATHER_KEY}' } },
        routes: ROUTES,
      },
    })
  })
})
