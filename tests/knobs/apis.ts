import assert from 'node:assert/strict'
import { API_FIELDS } from '../apis/fields/all.ts'
import { definitionsOf, namesOf, settingOf, type Places } from '../apis/fields/field.ts'
import { startGateway } from '../support/gateway.ts'
import type { Customer } from '../support/gateway.ts'
import { header, json, send } from '../support/http.ts'
import type { Answer, Sent } from '../support/http.ts'
import { published } from '../support/service.ts'
import type { Service } from '../support/service.ts'
import type { Knobs, Worlds } from './tuned.ts'

const SECRET = 'secret-towards-the-upstream-4711'

/** Published APIs that differ from `plain` in one setting each, and two for each field that a definition has. */
export function tunedApis(service: Service, places: Places): Record<string, unknown> {
  const upstream = { baseUrl: service.url }
  const any = [{ method: '*', path: '/*', price: '0.01' }]
  const plain = { upstream, routes: any }
  return {
    ...definitionsOf(API_FIELDS, places),
    plain: { ...plain, prefix: '/plain' },
    moved: { ...plain, prefix: '/moved/away' },
    based: { ...plain, prefix: '/based', upstream: { baseUrl: `${service.url}/v9` } },
    secret: { ...plain, prefix: '/secret', upstream: { ...upstream, header: { name: 'x-secret', value: SECRET } } },
    routed: {
      upstream,
      prefix: '/routed',
      routes: [
        { method: 'POST', path: '/a/{id}', price: '0.02' },
        { method: 'GET', path: '/open', free: true },
        { method: 'GET', path: '/status/404', price: '0.03', chargeOn: ['4xx'] },
      ],
    },
    hasty: { ...plain, prefix: '/hasty', timeouts: { firstByteMs: 150 } },
    restless: { ...plain, prefix: '/restless', timeouts: { silenceMs: 150 } },
    presented: {
      ...plain,
      prefix: '/presented',
      listing: { visibility: 'public', owner: 'An owner of its own' },
    },
    lenient: { ...plain, prefix: '/lenient', encodedSlashes: 'pass' },
  }
}

function call({ tuned, rich }: Worlds, path: string, sent: Sent = {}): Promise<Answer> {
  return send(tuned.url + path, { ...sent, headers: { authorization: `Bearer ${rich.key}`, ...sent.headers } })
}

async function seen(worlds: Worlds, path: string): Promise<{ url: string; headers: Record<string, string> }> {
  return json(await call(worlds, path)) as { url: string; headers: Record<string, string> }
}

/** What the upstream got in the header of the secret. */
async function secretSeen(worlds: Worlds, path: string): Promise<unknown> {
  assert.equal((await call(worlds, path)).status, 200)
  return worlds.service.calls.at(-1)?.headers['x-secret']
}

async function limitOf(worlds: Worlds, path: string): Promise<[number, unknown]> {
  const answer = await call(worlds, path)
  return [answer.status, (json(answer)['limit'] as Record<string, unknown> | undefined)?.['milliseconds']]
}

/** Another value in the file changes what is seen from outside, as it does through the management API. */
const FROM_FIELDS: Knobs = Object.fromEntries(
  Object.entries(API_FIELDS).map(([field, { see }]) => [
    settingOf(field),
    async (worlds: Worlds) => {
      const poor = await worlds.tuned.customer()
      const [a, b] = namesOf(field).map((name) => ({
        name,
        origin: worlds.tuned.url,
        places: worlds.places,
        call: (path: string, sent?: Sent) => call(worlds, `/${name}${path}`, sent),
        anybody: (path: string, sent?: Sent) => send(`${worlds.tuned.url}/${name}${path}`, sent),
        poor: (path: string) => call(worlds, `/${name}${path}`, { headers: { authorization: `Bearer ${poor.key}` } }),
        catalogued: () => call(worlds, `/catalogue/${name}.json`),
      }))
      assert.ok(a && b)
      assert.notDeepEqual(await see(a), await see(b))
    },
  ]),
)

/** A member of what the catalogue says of an API, and of one of which nothing is said. */
async function catalogued({ tuned, rich }: Worlds, member: string): Promise<unknown[]> {
  const as = { headers: { authorization: `Bearer ${rich.key}` } }
  const [said, nothing] = [await send(`${tuned.url}/catalogue/presented.json`, as), await send(`${tuned.url}/catalogue/plain.json`, as)]
  return [json(said)[member], json(nothing)[member]]
}

/** Settings of published APIs. */
export const API_KNOBS: Knobs = {
  ...FROM_FIELDS,

  'apis.*.prefix': async (worlds) => {
    assert.equal((await call(worlds, '/moved/away/a')).status, 200)
    assert.equal((await call(worlds, '/moved/a')).status, 404)
  },

  'apis.*.upstream.baseUrl': async (worlds) =>
    assert.deepEqual([(await seen(worlds, '/based/a')).url, (await seen(worlds, '/plain/a')).url], ['/v9/a', '/a']),

  'apis.*.upstream.header.name': async (worlds) => {
    assert.deepEqual([await secretSeen(worlds, '/secret/a'), await secretSeen(worlds, '/plain/a')], [SECRET, undefined])
  },

  'apis.*.upstream.header.value': async (worlds) => assert.equal(await secretSeen(worlds, '/secret/a'), SECRET),

  'apis.*.routes[].method': async (worlds) => {
    assert.equal((await call(worlds, '/routed/a/1', { method: 'POST' })).status, 200)
    assert.equal((await call(worlds, '/routed/a/1')).status, 404)
  },

  'apis.*.routes[].path': async (worlds) => {
    assert.equal((await call(worlds, '/routed/open')).status, 200)
    assert.equal((await call(worlds, '/routed/other')).status, 404)
  },

  'apis.*.routes[].price': async (worlds) => {
    assert.equal(header(await call(worlds, '/routed/a/1', { method: 'POST' }), 'faregate-cost'), '0.02')
    assert.equal(header(await call(worlds, '/plain/a'), 'faregate-cost'), '0.01')
  },

  'apis.*.routes[].free': async (worlds) => {
    const { key } = await worlds.tuned.customer()
    const as = { headers: { authorization: `Bearer ${key}` } }
    assert.equal((await call(worlds, '/routed/open', as)).status, 200)
    assert.equal((await call(worlds, '/plain/a', as)).status, 402)
  },

  'apis.*.routes[].chargeOn': async (worlds) => {
    assert.equal(header(await call(worlds, '/routed/status/404'), 'faregate-cost'), '0.03')
    assert.equal(header(await call(worlds, '/plain/status/404'), 'faregate-cost'), '0.00')
  },

  'apis.*.timeouts.firstByteMs': async (worlds) => {
    assert.deepEqual(await limitOf(worlds, '/hasty/silent'), [504, 150])
    assert.deepEqual(await limitOf(worlds, '/plain/silent'), [504, 700])
  },

  'apis.*.timeouts.silenceMs': async (worlds) => {
    assert.deepEqual(await limitOf(worlds, '/restless/stuck/10'), [504, 150])
    assert.deepEqual(await limitOf(worlds, '/plain/stuck/10'), [504, 600])
  },

  'apis.*.encodedSlashes': async (worlds) => {
    assert.equal((await seen(worlds, '/lenient/a%2Fb')).url, '/a%2Fb')
    assert.equal((await call(worlds, '/plain/a%2Fb')).status, 400)
  },

  'apis.*.listing.owner': async (worlds) => assert.deepEqual(await catalogued(worlds, 'owner'), ['An owner of its own', null]),

  'apis.*.listing.visibility': async ({ tuned }) => {
    assert.equal((await send(`${tuned.url}/catalogue/presented`)).status, 200)
    assert.equal((await send(`${tuned.url}/catalogue/plain`)).status, 404)
  },

  'apis.*.listing.invited': async ({ service }) => {
    const env: Record<string, string> = {}
    const listing = { visibility: 'invitation', invited: ['${INVITED:-nobody}'] }
    const config = published(service, [{ method: '*', path: '/*', price: '0.01' }], { listing })
    const gateway = await startGateway({ config, env })
    try {
      const [guest, other] = [await gateway.customer('1.00'), await gateway.customer('1.00')]
      const look = async ({ key }: Customer) =>
        (await send(`${gateway.url}/catalogue/test`, { headers: { authorization: `Bearer ${key}` } })).status
      assert.deepEqual([await look(guest), await look(other)], [404, 404])
      env['INVITED'] = guest.organization
      await gateway.kill('SIGTERM')
      await gateway.start()
      assert.deepEqual([await look(guest), await look(other)], [200, 404])
    } finally {
      await gateway.stop()
    }
  },

  'limits.cacheBytes': async ({ service }) => {
    const again = async (limits: Record<string, number>): Promise<string> => {
      const gateway = await startGateway({
        config: published(service, [{ method: '*', path: '/*', price: '0.01' }], { cache: {}, limits }),
      })
      try {
        const { key } = await gateway.customer('1.00')
        const look = () => send(`${gateway.url}/test/kept`, { headers: { authorization: `Bearer ${key}` } })
        await look()
        return header(await look(), 'cache-status') ?? ''
      } finally {
        await gateway.stop()
      }
    }
    const [none, usual] = await Promise.all([again({ cacheBytes: 0 }), again({})])
    assert.match(none, /fwd=uri-miss/)
    assert.match(usual, /hit/)
  },
}
