import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { header, json, send } from '../support/http.ts'
import { refusalOf, world } from './world.ts'

const SINCE = '2026-01-31T00:00:00Z'
const SUNSET = '2999-01-31T00:00:00Z'
const old = (retirement: Record<string, unknown>) => ({
  method: 'GET',
  path: '/v1/{city}',
  price: '0.01',
  retirement: { since: SINCE, ...retirement },
})
const NEW = { method: 'GET', path: '/v2/{city}', price: '0.02' }
const described = (path: string, deprecated: boolean) => ({
  [path]: {
    get: {
      deprecated,
      parameters: [{ name: 'city', in: 'path', required: true, schema: { type: 'string' } }],
      responses: { 200: { description: 'it is' } },
    },
  },
})
const DOCUMENT = JSON.stringify({
  openapi: '3.1.0',
  info: { title: 'Tides', version: '1' },
  paths: { ...described('/v1/{city}', true), ...described('/v2/{city}', false) },
})

describe('a route that goes', () => {
  const made = world([NEW])
  const path = '/api/apis/tides'

  /** Publishes the API with this route beside the newer one. */
  async function put(retirement: Record<string, unknown>): Promise<void> {
    const routes = [old(retirement), NEW]
    const { api } = made.gateway
    if ((await api.call('GET', path)).status === 200) await api.expect(200, 'PATCH', path, { routes })
    else
      await api.expect(201, 'POST', '/api/apis', {
        name: 'tides',
        upstream: { baseUrl: made.service.url },
        routes,
        listing: { visibility: 'public' },
      })
  }
  const call = (at: string) => send(`${made.gateway.url}/tides${at}`, { headers: { authorization: `Bearer ${made.customer.key}` } })

  test('is served and charged, and says on its answers alone since when, until when, and where the same call goes', async () => {
    await put({ state: 'deprecated', sunset: SUNSET, successor: '/v2/{city}', link: 'https://tides.example/move' })
    const answer = await call('/v1/berlin%20mitte')
    assert.deepEqual([answer.status, header(answer, 'faregate-cost'), header(answer, 'faregate-notice')], [200, '0.01', 'api_deprecated'])
    assert.equal(header(answer, 'deprecation'), `@${Date.parse(SINCE) / 1000}`)
    assert.equal(header(answer, 'sunset'), new Date(SUNSET).toUTCString())
    assert.equal(
      header(answer, 'link'),
      `<${made.gateway.url}/tides/v2/berlin%20mitte>; rel="successor-version", <https://tides.example/move>; rel="deprecation"; type="text/html"`,
    )
    const other = await call('/v2/berlin')
    for (const name of ['deprecation', 'sunset', 'link', 'faregate-notice']) assert.equal(header(other, name), undefined, name)
  })

  test('is marked in the catalogue, and says who still calls it, apart from the other routes', async () => {
    const { endpoints } = json(await send(`${made.gateway.url}/catalogue/tides.json`)) as {
      endpoints: { path: string; deprecated: unknown }[]
    }
    assert.deepEqual(
      endpoints.map(({ path: at, deprecated }) => [at, deprecated]),
      [
        ['/v1/{city}', { since: SINCE, sunset: SUNSET, successor: '/v2/{city}' }],
        ['/v2/{city}', null],
      ],
    )
    assert.match((await send(`${made.gateway.url}/catalogue/tides`)).text, /badge">deprecated<\/strong> since/)
    const callers = async (query: string) =>
      (await made.gateway.api.expect<{ data: { requests: number }[] }>(200, 'GET', `${path}/callers${query}`)).data.map(
        ({ requests }) => requests,
      )
    assert.deepEqual([await callers('?route=GET%20%2Fv1%2F%7Bcity%7D'), await callers('')], [[1], [2]])
  })

  test('once retired is 410 with its successor, at no charge, while the others are served; its callers are told', async () => {
    const { organization } = made.customer
    const hook = { url: 'https://receiver.example/hook', events: ['retirement.changed'] }
    const { id } = await made.gateway.api.expect<{ id: string }>(201, 'POST', `/api/organizations/${organization}/webhooks`, hook)
    await put({ state: 'retired', successor: '/v2/{city}' })
    const asked = made.service.calls.length
    const refused = await call('/v1/berlin')
    const problem = refusalOf(refused, 410, 'api_retired')
    assert.deepEqual([problem['successor'], problem['scope']], ['/v2/{city}', { level: 'route', id: 'GET /v1/{city}' }])
    assert.match(header(refused, 'link') ?? '', /tides\/v2\/berlin>; rel="successor-version"/)
    assert.equal(made.service.calls.length, asked)
    assert.equal((await call('/v2/berlin')).status, 200)
    const { data } = await made.gateway.api.expect<{ data: { type: string }[] }>(200, 'GET', `/api/webhooks/${id}/deliveries`)
    assert.deepEqual(
      data.map(({ type }) => type),
      ['retirement.changed'],
    )
  })

  test('names a successor that is there and can be called, and ends after it began', async () => {
    for (const [retirement, pointer] of [
      [{ state: 'deprecated', successor: '/v3' }, '/routes/0/retirement/successor'],
      [{ state: 'deprecated', successor: '/v1/{city}' }, '/routes/0/retirement/successor'],
      [{ state: 'deprecated', sunset: '2025-01-31T00:00:00Z' }, '/routes/0/retirement/sunset'],
    ] as const) {
      const refused = await made.gateway.api.call('PATCH', path, { routes: [old(retirement), NEW] })
      assert.deepEqual([refused.status, json(refused)['pointer']], [400, pointer], refused.text)
    }
  })

  test('is taken from a document that calls it deprecated, and stands so in the one that callers get', async () => {
    const { api } = made.gateway
    await api.expect(200, 'POST', '/api/apis/sea/import', { document: DOCUMENT, price: '0.01' })
    const draft = await api.expect<{ revision: number; routes: { retirement: { state: string } | null }[] }>(
      200,
      'PATCH',
      '/api/apis/sea/draft',
      {
        upstream: { baseUrl: made.service.url },
      },
    )
    assert.deepEqual(
      draft.routes.map(({ retirement }) => retirement?.state),
      ['deprecated', undefined],
    )
    await api.expect(201, 'POST', '/api/apis/sea/releases', {
      revision: draft.revision,
      override: ['unpayable'],
      listing: { visibility: 'public' },
    })
    const { paths } = json(await send(`${made.gateway.url}/catalogue/sea/openapi.json`)) as {
      paths: Record<string, { get: { deprecated?: boolean } }>
    }
    assert.deepEqual([paths['/v1/{city}']?.get.deprecated, paths['/v2/{city}']?.get.deprecated], [true, false])
    assert.equal(
      header(await send(`${made.gateway.url}/sea/v1/x`, { headers: { authorization: `Bearer ${made.customer.key}` } }), 'faregate-notice'),
      'api_deprecated',
    )
  })
})
