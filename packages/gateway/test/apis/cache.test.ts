import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { ServerResponse } from 'node:http'
import type { HttpApi } from '@faregate/core'
import { request } from 'undici'
import { ResponseStore } from '../../src/apis/cache/store.ts'
import { UpstreamBook } from '../../src/apis/upstreams/book.ts'
import type { Published } from '../../src/apis/port.ts'
import { KEY, openWorld, type World } from '../support/world.ts'

const CLIENT = { send: () => assert.fail('nobody gives tokens here') }
const PRICE = 10_000_000n

let world: World
let clock = Date.parse('2027-01-01T00:00:00Z')
let published: Published['value']
let republish: (more?: Partial<HttpApi>) => void
const store = new ResponseStore(20_000, () => clock)

before(async () => {
  const book = new UpstreamBook(CLIENT, { sign: () => 'none', now: () => clock }, store)
  world = await openWorld({
    grant: '100.00',
    apis: (baseUrl) => {
      republish = (more) => {
        const entry = {
          kind: 'http',
          name: 'tides',
          prefix: '/tides',
          routes: [],
          upstream: { baseUrl },
          cache: {},
          ...more,
        } as unknown as HttpApi
        const route = {
          name: '* /*',
          price: PRICE,
          charges: (status: number) => status < 400,
          off: false,
          webSocket: false,
          path: '/',
          retirement: undefined,
        }
        published = { kind: 'http', entry, upstream: book.compile(entry), schemes: undefined, route: () => ({ kind: 'route', route }) }
      }
      republish()
      return { find: (path) => (path.startsWith('/tides') ? { value: published, rest: path.slice('/tides'.length) } : undefined) }
    },
  })
})
after(() => world.close())

let urls = 0
/** A URL that nobody asked for yet. */
const fresh = (): string => `/tides/${urls++}`

interface Sent {
  status?: number
  headers?: Record<string, string | string[]>
  body?: string
}

/** Has the upstream answer each call with the next of these, and the last one again. */
function answers(...all: Sent[]): void {
  let next = 0
  world.upstream.behave((response: ServerResponse) => {
    const { status = 200, headers = {}, body = `answer ${next}` } = all[Math.min(next++, all.length - 1)] ?? {}
    response.writeHead(status, headers).end(status === 304 || status === 204 ? undefined : body)
  })
}

interface Got {
  status: number
  text: string
  told: string
  headers: Record<string, string | string[] | undefined>
}

/** Without what `fetch` adds to conditional requests. */
async function get(
  path: string,
  headers: Record<string, string> = {},
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' = 'GET',
): Promise<Got> {
  const answer = await request(world.url + path, { method, headers: { authorization: `Bearer ${KEY}`, ...headers } })
  const told = answer.headers['cache-status']
  return { status: answer.statusCode, text: await answer.body.text(), told: String(told ?? ''), headers: answer.headers }
}

/** How many calls came to the upstream meanwhile. */
async function called(work: () => Promise<unknown>): Promise<number> {
  const earlier = world.upstream.calls.length
  await work()
  return world.upstream.calls.length - earlier
}

const LASTING = { 'cache-control': 'max-age=60' }

describe('what is kept, and is not asked for again (RFC 9111)', () => {
  /** The rule, the head of the first answer, the heads of two requests, and whether the second comes from what is kept. */
  const RULES: [rule: string, answer: Sent, first: Record<string, string>, second: Record<string, string>, kept: boolean][] = [
    ['3: an answer that lasts is kept', { headers: LASTING }, {}, {}, true],
    ['3: an error that lasts is kept', { status: 404, headers: LASTING }, {}, {}, true],
    ['3: a status that nobody understands is not', { status: 299, headers: LASTING }, {}, {}, false],
    ['3.3: a part is not kept', { status: 206, headers: { ...LASTING, 'content-range': 'bytes 0-7/20' } }, {}, {}, false],
    ['3.5: the key of a caller is for the gateway: it keeps nothing apart', { headers: LASTING }, {}, { 'x-other': '1' }, true],
    [
      '4.1: what it varies by decides',
      { headers: { ...LASTING, vary: 'Accept-Language' } },
      { 'accept-language': 'de' },
      { 'accept-language': 'fr' },
      false,
    ],
    [
      '4.1: and is the same for the same',
      { headers: { ...LASTING, vary: 'Accept-Language' } },
      { 'accept-language': 'de' },
      { 'accept-language': 'de' },
      true,
    ],
    ['4.1: what varies by anything is not kept', { headers: { ...LASTING, vary: '*' } }, {}, {}, false],
    ['4.2.1: s-maxage goes before max-age', { headers: { 'cache-control': 'max-age=60, s-maxage=0' } }, {}, {}, false],
    ['4.2.1: so does max-age before Expires', { headers: { ...LASTING, expires: 'Thu, 01 Jan 1970 00:00:00 GMT' } }, {}, {}, true],
    [
      '4.2.2: one that says nothing of it lasts a tenth of its age',
      { headers: { 'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT' } },
      {},
      {},
      true,
    ],
    ['4.2.3: one that is as old as it may become is stale', { headers: { ...LASTING, age: '60' } }, {}, {}, false],
    ['5.2.1.1: who wants it younger is asked for', { headers: { ...LASTING, age: '30' } }, {}, { 'cache-control': 'max-age=10' }, false],
    ['5.2.1.4: no-cache of a request asks the upstream', { headers: LASTING }, {}, { 'cache-control': 'no-cache' }, false],
    ['5.2.1.5: no-store of a request keeps nothing', { headers: LASTING }, { 'cache-control': 'no-store' }, {}, false],
    ['5.2.2.2: must-revalidate is used while it is fresh', { headers: { 'cache-control': 'max-age=60, must-revalidate' } }, {}, {}, true],
    ['5.2.2.4: no-cache of an answer asks each time', { headers: { 'cache-control': 'max-age=60, no-cache' } }, {}, {}, false],
    ['5.2.2.5: no-store of an answer keeps nothing', { headers: { 'cache-control': 'max-age=60, no-store' } }, {}, {}, false],
    ['5.2.2.7: what is private is for nobody else', { headers: { 'cache-control': 'max-age=60, private' } }, {}, {}, false],
    ['5.4: Pragma: no-cache asks the upstream', { headers: LASTING }, {}, { pragma: 'no-cache' }, false],
    ['7.3: what sets a cookie is not kept', { headers: { ...LASTING, 'set-cookie': 'a=1' } }, {}, {}, false],
    ['RFC 9110, 14.2: a part is asked for', { headers: LASTING }, {}, { range: 'bytes=0-3' }, false],
  ]
  for (const [rule, answer, first, second, kept] of RULES) {
    test(rule, async () => {
      answers(answer)
      const url = fresh()
      const one = await get(url, first)
      const calls = await called(async () => {
        const two = await get(url, second)
        assert.equal(/; hit/.test(two.told), kept, two.told)
        if (kept) assert.deepEqual([two.status, two.text], [one.status, one.text])
      })
      assert.equal(calls, kept ? 0 : 1)
    })
  }

  test('4.2: it is used for as long as it lasts, and says how old it is (5.1)', async () => {
    answers({ headers: LASTING })
    const url = fresh()
    await get(url)
    clock += 59_000
    const late = await get(url)
    assert.deepEqual([late.told, late.headers['age']], ['Faregate; hit', '59'])
    clock += 1_000
    assert.match((await get(url)).told, /^Faregate; fwd=stale/)
  })

  test('2: the query is a part of what is asked for, HEAD is answered from GET, and POST by nobody', async () => {
    answers({ headers: LASTING })
    const url = fresh()
    await get(url)
    assert.equal(await called(() => get(`${url}?a=1`)), 1)
    assert.equal(await called(async () => assert.deepEqual((await get(url, {}, 'HEAD')).text, '')), 0)
    assert.equal(await called(async () => assert.equal((await get(url, {}, 'POST')).told, 'Faregate; fwd=method')), 1)
  })

  for (const [method, status, forgets] of [
    ['POST', 200, true],
    ['PUT', 204, true],
    ['DELETE', 303, true],
    ['PATCH', 404, false],
  ] as const) {
    test(`4.4: ${method} that is answered with ${status} ${forgets ? 'has' : 'does not have'} what was kept forgotten`, async () => {
      answers({ headers: LASTING }, { status }, { headers: LASTING })
      const url = fresh()
      await get(url)
      await get(url, {}, method)
      assert.equal(await called(() => get(url)), forgets ? 1 : 0)
    })
  }
})

describe('what is stale is asked after (RFC 9111, 4.3)', () => {
  test('4.3.1: by its tag and its date, and 304 has it used again, with what is newer of its head (4.3.4)', async () => {
    const validators = { etag: '"1"', 'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT' }
    answers(
      { headers: { ...LASTING, ...validators, 'x-n': '1' }, body: 'kept' },
      { status: 304, headers: { ...LASTING, ...validators, 'x-n': '2' } },
    )
    const url = fresh()
    await get(url)
    clock += 61_000
    const again = await get(url)
    const asked = world.upstream.calls.at(-1)?.headers
    assert.deepEqual([asked?.['if-none-match'], asked?.['if-modified-since']], ['"1"', validators['last-modified']])
    assert.deepEqual([again.status, again.text, again.headers['x-n']], [200, 'kept', '2'])
    assert.equal(again.told, 'Faregate; fwd=stale; fwd-status=304')
    assert.equal(await called(async () => assert.equal((await get(url)).told, 'Faregate; hit')), 0)
  })

  test('4.3.3: another answer takes its place', async () => {
    answers({ headers: { ...LASTING, etag: '"1"' }, body: 'old' }, { headers: { ...LASTING, etag: '"2"' }, body: 'new' })
    const url = fresh()
    await get(url)
    clock += 61_000
    assert.equal((await get(url)).text, 'new')
    assert.equal((await get(url)).text, 'new')
  })

  for (const [condition, value, status] of [
    ['if-none-match', '"1"', 304],
    ['if-none-match', 'W/"1", "7"', 304],
    ['if-none-match', '*', 304],
    ['if-none-match', '"2"', 200],
    ['if-modified-since', 'Thu, 01 Jan 2026 00:00:00 GMT', 304],
    ['if-modified-since', 'Wed, 31 Dec 2025 00:00:00 GMT', 200],
  ] as const) {
    test(`4.3.2: ${condition}: ${value} of a caller is answered with ${status} from what is kept`, async () => {
      answers({ headers: { ...LASTING, etag: '"1"', 'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT' }, body: 'kept' })
      const url = fresh()
      await get(url)
      const calls = await called(async () => {
        const got = await get(url, { [condition]: value })
        assert.deepEqual([got.status, got.text], [status, status === 304 ? '' : 'kept'])
      })
      assert.equal(calls, 0)
    })
  }

  for (const [control, status] of [
    ['max-age=60, stale-if-error=60', 200],
    ['max-age=60', 502],
    ['max-age=60, stale-if-error=60, must-revalidate', 502],
  ] as const) {
    test(`RFC 5861, 4: ${control}: with an upstream that fails it is ${status}`, async () => {
      answers({ headers: { 'cache-control': control, etag: '"1"' }, body: 'kept' }, { status: 503 })
      const url = fresh()
      await get(url)
      clock += 61_000
      const got = await get(url)
      assert.equal(got.status, status)
      if (status === 200) assert.deepEqual([got.text, got.told], ['kept', 'Faregate; hit'])
    })
  }
})

describe('beside the rules', () => {
  test('many who ask for the same at once have the upstream asked once; where nothing may be kept, each', async () => {
    const url = fresh()
    const held = Promise.withResolvers<void>()
    world.upstream.behave(async (response) => {
      await held.promise
      response.writeHead(200, LASTING).end('one')
    })
    const asked = Array.from({ length: 10 }, () => get(url))
    // Each has come as far as its hold, which is taken just before anything is looked for.
    while (world.wallet().held < 10n * PRICE) await new Promise((resolve) => setImmediate(resolve))
    held.resolve()
    const all = await Promise.all(asked)
    assert.deepEqual(new Set(all.map(({ text }) => text)), new Set(['one']))
    assert.equal(world.upstream.calls.filter(({ path }) => path.endsWith(url.slice('/tides'.length))).length, 1)
    assert.equal(all.filter(({ told }) => told === 'Faregate; hit; collapsed').length, 9)
    answers({ headers: { 'cache-control': 'no-store' } })
    const other = fresh()
    assert.equal(await called(() => Promise.all(Array.from({ length: 10 }, () => get(other)))), 10)
  })

  test('one call is charged once, whoever answers it: all of its price, or the stated part; the record says which', async () => {
    for (const [cache, cost, version] of [
      [{}, PRICE, 'call:0.01'],
      [{ priceFactor: '0.25' }, 2_500_000n, 'call:0.01*cached:0.25'],
      [{ priceFactor: '0' }, 0n, 'call:0.01*cached:0'],
    ] as const) {
      republish({ cache })
      answers({ headers: LASTING })
      const url = fresh()
      await get(url)
      const [earlier, recorded] = [world.wallet().posted, world.recorded()]
      await get(url)
      const { measured, priceVersion, cost: charged, attempts } = await recorded
      assert.deepEqual([charged, measured, priceVersion, attempts], [cost, { cache: 'hit' }, version, []])
      assert.equal(world.wallet().posted - earlier, cost)
      assert.equal(world.wallet().held, 0n)
    }
    republish()
  })

  test('nothing outlives a release, and going back finds nothing either', async () => {
    answers({ headers: LASTING })
    const url = fresh()
    await get(url)
    const older = published
    republish()
    assert.equal(await called(() => get(url)), 1)
    assert.notEqual(published, older)
    republish()
    assert.equal(await called(() => get(url)), 1)
  })

  test('without `cache` each call is the upstream’s, and nothing is said of it', async () => {
    republish({ cache: undefined })
    answers({ headers: LASTING })
    const url = fresh()
    await get(url)
    assert.equal(await called(async () => assert.equal((await get(url)).told, '')), 1)
    republish()
  })

  test('memory is bounded: what was not used for the longest time goes first, and what is too long is not kept', async () => {
    answers({ headers: LASTING, body: 'x'.repeat(5_000) })
    const [first, second] = [fresh(), fresh()]
    await get(first)
    await get(second)
    for (let more = 0; more < 5; more++) {
      await get(first)
      await get(fresh())
      assert.ok(store.bytes <= 20_000, `${store.bytes}`)
    }
    assert.equal(await called(() => get(first)), 0)
    assert.equal(await called(() => get(second)), 1)
    answers({ headers: LASTING, body: 'x'.repeat(30_000) })
    const long = fresh()
    await get(long)
    assert.equal(await called(() => get(long)), 1)
  })
})
