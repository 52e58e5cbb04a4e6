import assert from 'node:assert/strict'
import { test } from 'node:test'
import { opened } from './support/server.ts'
import { add, done, list, look, namesOf, publishWeather } from './support/catalogue.ts'

interface Page {
  title: string
  state: string
  openapi: string
  endpoints: Record<string, unknown>[]
  example: string
  plans: Record<string, unknown>[]
  changelog: {
    number: number
    inForce: boolean
    note: string | null
    breaking: boolean
    changes: { at: string; what: string; breaking: boolean }[]
  }[]
}

test('an API has a page, and the same as data: routes with prices, plans, a call, and what each release changed', async (t) => {
  const server = await opened(t)
  await publishWeather(server)
  await done(server, 'POST', '/api/plans', { name: 'sun', price: '3.00', period: 'month', apis: ['weather'], trialDays: 7 })
  await done(server, 'POST', '/api/plans', { name: 'secret-plan', price: '1.00', period: 'month', apis: ['*'], listed: false })
  const data = (await (await look(server, '/catalogue/weather.json')).json()) as Page
  assert.deepEqual(data.endpoints, [
    {
      method: 'GET',
      path: '/forecast/{city}',
      price: '0.002',
      metered: null,
      free: false,
      chargedFor: ['2xx', '3xx'],
      webSocket: false,
      deprecated: null,
    },
    {
      method: 'GET',
      path: '/status',
      price: null,
      metered: null,
      free: true,
      chargedFor: ['2xx', '3xx'],
      webSocket: false,
      deprecated: null,
    },
  ])
  assert.equal(data.example, `curl '${server.url}/weather/forecast/CITY' -H "Authorization: Bearer $FAREGATE_KEY"`)
  assert.deepEqual(
    data.plans.map(({ name, price }) => [name, price]),
    [['sun', '3.00']],
  )
  const [second, first] = data.changelog
  assert.deepEqual([first?.number, first?.note, first?.changes, first?.inForce], [1, 'the <first>', [], false])
  assert.deepEqual([second?.number, second?.note, second?.breaking, second?.inForce], [2, 'fewer days', true, true])
  assert.deepEqual(
    second?.changes.map(({ breaking, at, what }) => [breaking, at, what]),
    [
      [true, 'GET /forecast/{city}, query parameter days', 'maximum was 7 and is 3'],
      [false, 'GET /status', 'a call cost 0.002 and costs nothing'],
    ],
  )
  const text = await (await look(server, '/catalogue/weather')).text()
  for (const part of [
    '/forecast/{city}',
    '0.002 USD',
    'sun',
    '3.00 USD a month',
    'the &lt;first&gt;',
    'breaking',
    'maximum was 7 and is 3',
    'openapi.json',
  ])
    assert.ok(text.includes(part), part)
  for (const answer of [text, JSON.stringify(data)]) assert.doesNotMatch(answer, /inner|1234|secret-plan|operator/)
})

test('the OpenAPI document of an API has a stable address, with the gateway as its server, and a tag by which it is asked for again', async (t) => {
  const server = await opened(t)
  await publishWeather(server)
  const path = '/catalogue/weather/openapi.json'
  const answer = await look(server, path)
  const document = (await answer.json()) as { servers: unknown; paths: Record<string, Record<string, Record<string, unknown>>> }
  assert.deepEqual(document.servers, [{ url: `${server.url}/weather` }])
  assert.equal(document.paths['/status']?.['get']?.['deprecated'], undefined)
  const etag = answer.headers.get('etag') ?? ''
  assert.match(etag, /^"[\w-]{40,}"$/)
  const again = (tag: string) => look(server, path, undefined, { 'if-none-match': tag })
  assert.deepEqual(
    [(await again(etag)).status, (await again(`"other", W/${etag}`)).status, (await again('"other"')).status],
    [304, 304, 200],
  )
  assert.equal(await (await again(etag)).text(), '')

  await add(server, 'rain')
  await list(server, 'rain', { visibility: 'public' })
  await done(server, 'POST', '/api/apis/weather/deprecate', { sunset: '2100-01-01T00:00:00Z', successor: 'rain' })
  const changed = await again(etag)
  assert.equal(changed.status, 200)
  const after = (await changed.json()) as typeof document
  assert.equal(after.paths['/status']?.['get']?.['deprecated'], true)
  const page = await (await look(server, '/catalogue/weather')).text()
  assert.match(page, /deprecated<\/strong>[^]*retired on 2100-01-01[^]*href="\/catalogue\/rain"/)
  await done(server, 'POST', '/api/apis/weather/retire', {})
  assert.deepEqual(await namesOf(server), ['rain'])
  assert.equal((await look(server, '/catalogue/weather')).status, 200)
})

test('an API without a document says so', async (t) => {
  const server = await opened(t)
  await add(server, 'plain')
  await list(server, 'plain', { visibility: 'public' })
  const answer = await look(server, '/catalogue/plain/openapi.json')
  assert.equal(answer.status, 404)
  assert.match(((await answer.json()) as { detail: string }).detail, /has no OpenAPI document/)
  assert.equal(((await (await look(server, '/catalogue/plain.json')).json()) as Page).openapi, null)
})

test('a route that is switched off is offered nowhere, and its end is in the changelog', async (t) => {
  const server = await opened(t)
  const routes = (off: object) => [
    { method: 'GET', path: '/closed', price: '0.01', ...off },
    { method: 'POST', path: '/open', price: '0.01' },
  ]
  await add(server, 'half', { routes: routes({}) })
  await done(server, 'PATCH', '/api/apis/half', { routes: routes({ off: true }) })
  await list(server, 'half', { visibility: 'public' })
  const page = (await (await look(server, '/catalogue/half.json')).json()) as Page & { routes: number }
  assert.deepEqual([page.routes, page.endpoints.map(({ path }) => path)], [1, ['/open']])
  assert.ok(page.example.includes('/half/open'), page.example)
  assert.deepEqual(await namesOf(server, '?q=closed'), [])
  const [second] = page.changelog
  assert.deepEqual([second?.breaking, second?.changes.map(({ at }) => at)], [true, ['GET /closed']])
})

test('APIs are found by the words of names, titles, summaries and paths, by category and by tag', async (t) => {
  const server = await opened(t)
  await add(server, 'alpha', {
    presentation: { title: 'Sunshine', summary: 'Hours of light', categories: ['Weather & sky'], tags: ['sun'] },
  })
  await add(server, 'beta', { presentation: { categories: ['Weather & sky'], tags: ['rain', 'sun'] } })
  await add(server, 'gamma', { routes: [{ method: 'POST', path: '/moons/{id}', free: true }] })
  for (const name of ['alpha', 'beta', 'gamma']) await list(server, name, { visibility: 'public' })
  const found = (query: string) => namesOf(server, `?${query}`)
  assert.deepEqual(await found('q=sunSHINE'), ['alpha'])
  assert.deepEqual(await found('q=light+hours'), ['alpha'])
  assert.deepEqual(await found('q=gamma/moons'), ['gamma'])
  assert.deepEqual(await found('q=et'), ['beta'])
  assert.deepEqual(await found('category=Weather+%26+sky'), ['alpha', 'beta'])
  assert.deepEqual(await found('category=Weather+%26+sky&tag=rain'), ['beta'])
  assert.deepEqual(await found('tag=sun&q=hours'), ['alpha'])
  assert.deepEqual(await found('q=nothing-like-it'), [])
  const text = await (await look(server, '/catalogue?q=%22%3E%3Cb%3E&tag=%22%3E%3Ci%3E')).text()
  assert.doesNotMatch(text, /<b>|<i>/)
  assert.match(await (await look(server, '/catalogue?tag=sun')).text(), /aria-current="true"><strong>sun/)
})

test('a long list comes in pages', async (t) => {
  const server = await opened(t, {
    apis: Object.fromEntries(
      Array.from({ length: 51 }, (_, i) => [
        `api-${String(i).padStart(2, '0')}`,
        {
          prefix: `/api-${i}`,
          upstream: { baseUrl: 'http://inner.example' },
          routes: [{ method: 'GET', path: '/', free: true }],
          listing: { visibility: 'public' },
        },
      ]),
    ),
  })
  const page = async (query: string) =>
    (await (await look(server, `/catalogue.json${query}`)).json()) as { data: unknown[]; total: number; next: number | null }
  const [first, second] = [await page(''), await page('?page=2')]
  assert.deepEqual([first.data.length, first.total, first.next], [50, 51, 2])
  assert.deepEqual([second.data.length, second.next], [1, null])
  assert.match(await (await look(server, '/catalogue?q=api')).text(), /href="\/catalogue\?q=api&amp;page=2"/)
})

test('what a publisher writes never becomes markup, and a logo elsewhere is the only thing that may be loaded', async (t) => {
  const server = await opened(t)
  const evil = '"><img src=x onerror=alert(1)><script>alert(1)</script>'
  const presentation = {
    title: evil.slice(0, 100),
    summary: evil,
    description: `# ${evil}\n\n[x](javascript:alert(1))`,
    tags: [evil.slice(0, 40)],
  }
  await add(server, 'evil', { presentation: { ...presentation, contact: 'help@example.com', logo: 'https://cdn.example/logo.png' } })
  await list(server, 'evil', { visibility: 'public', owner: evil })
  for (const path of ['/catalogue', '/catalogue/evil']) {
    const answer = await look(server, path)
    const text = await answer.text()
    assert.doesNotMatch(text, /<script|<img src=x|javascript:alert\(1\)"/, path)
    assert.match(text, /&lt;img src=x/, path)
    const policy = answer.headers.get('content-security-policy') ?? ''
    assert.match(policy, /^default-src 'none'/)
    assert.equal(policy.includes("img-src 'self' data: https://cdn.example;"), path === '/catalogue/evil')
  }
  const page = await (await look(server, '/catalogue/evil')).text()
  assert.match(page, /<img class="logo" src="https:\/\/cdn\.example\/logo\.png" alt="" \/>/)
  assert.match(page, /href="mailto:help@example\.com"/)
})
