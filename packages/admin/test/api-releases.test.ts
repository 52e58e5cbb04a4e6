import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { HttpApi } from '@faregate/core'
import { KINDS, skipOf } from '../../store/test/databases.ts'
import { WEATHER } from '../../lifecycle/test/openapi/documents.ts'
import { startHarness, type Harness } from './support/harness.ts'

const SECRET = 'service-secret-that-nobody-may-see-1234'

interface Change {
  field: string
  before: unknown
  after: unknown
}

for (const kind of KINDS) {
  describe(`drafts and releases of APIs on ${kind}`, { skip: skipOf(kind) }, () => {
    let api: Harness
    before(async () => {
      api = await startHarness(kind)
    })
    after(() => api?.close())

    const call = async (status: number, method: string, path: string, body?: unknown): Promise<Record<string, unknown>> => {
      const answer = await api.call(method, path, body === undefined ? {} : { body })
      assert.equal(answer.status, status, answer.text)
      return answer.body
    }
    const inForce = (name = 'weather') => api.deps.snapshot().apis.get(name) as HttpApi | undefined
    const fields = (answer: Record<string, unknown>): string[] => (answer['changes'] as Change[]).map(({ field }) => field)

    it('imports a document as a draft, of which nothing is in force', async () => {
      const dry = await call(200, 'POST', '/api/apis/weather/import', { document: WEATHER, dryRun: true })
      assert.deepEqual(dry['added'], ['GET /forecast/{city}', 'GET /status'])
      await call(404, 'GET', '/api/apis/weather/draft')
      const { draft, findings } = await call(200, 'POST', '/api/apis/weather/import', { document: WEATHER })
      assert.deepEqual(findings, [])
      const { revision, base, prefix, upstream, document } = draft as Record<string, unknown>
      assert.deepEqual([revision, base, prefix, document], [1, 0, '/weather', true])
      assert.deepEqual(upstream, {
        baseUrl: 'https://eu.weather.example/v3',
        header: null,
        basic: null,
        oauth: null,
        mutualTls: null,
        ca: null,
      })
      assert.equal(inForce(), undefined)
      assert.match((await api.call('GET', '/api/apis/weather/document?of=draft')).text, /"openapi":"3\.1/)
      const { data } = await call(200, 'GET', '/api/api-drafts')
      assert.deepEqual(
        (data as { name: string }[]).map(({ name }) => name),
        ['weather'],
      )
    })

    it('refuses to publish a route of which nobody said what it costs, and says how to say it', async () => {
      const refused = await call(409, 'POST', '/api/apis/weather/releases', { revision: 1 })
      assert.equal(refused['code'], 'release_refused')
      assert.deepEqual(
        (refused['flaws'] as { code: string }[]).map(({ code }) => code),
        ['price_missing'],
      )
      assert.match(String(refused['detail']), /GET \/forecast\/\{city\}, GET \/status.*faregate api edit weather|faregate api edit NAME/)
    })

    it('publishes a draft as a release, in force at once, with what changed; nothing that was a secret is shown', async () => {
      const prices = { 'GET /forecast/{city}': '0.002', '*': 'free' }
      const upstream = { baseUrl: 'https://eu.weather.example/v3', header: { name: 'x-key', value: SECRET } }
      const draft = await call(200, 'PATCH', '/api/apis/weather/draft', { prices, upstream })
      assert.equal(draft['revision'], 2)
      const release = await call(201, 'POST', '/api/apis/weather/releases', { revision: 2, base: 0, note: 'the first' })
      assert.deepEqual([release['number'], release['inForce'], release['note'], release['overridden']], [1, true, 'the first', []])
      assert.ok(fields(release).includes('routes.GET /forecast/{city}.price'))
      assert.ok(!JSON.stringify(release).includes(SECRET))
      assert.deepEqual(inForce()?.routes, [
        { method: 'GET', path: '/forecast/{city}', price: '0.002' },
        { method: 'GET', path: '/status', free: true },
      ])
      assert.equal(inForce()?.upstream.header?.secret, SECRET)
      await call(404, 'GET', '/api/apis/weather/draft')
      await call(404, 'POST', '/api/apis/weather/releases', { revision: 2 })
    })

    it('takes a re-import as an update: prices stay, and what breaks callers is told', async () => {
      const text = WEATHER.replace('  /status:', '  /state:').replace('maximum: 7', 'maximum: 14')
      const { draft, added, removed, changes } = await call(200, 'POST', '/api/apis/weather/import', { document: text, price: '0.001' })
      assert.deepEqual([added, removed], [['GET /state'], ['GET /status']])
      assert.deepEqual(
        (changes as { breaking: boolean; at: string }[]).map(({ breaking, at }) => [breaking, at]),
        [
          [true, 'GET /status'],
          [false, 'GET /forecast/{city}, query parameter days'],
          [false, 'GET /state'],
        ],
      )
      const shown = draft as Record<string, unknown>
      assert.equal(shown['base'], 1)
      assert.deepEqual(fields(shown).toSorted(), [
        'routes.GET /state.chargeOn',
        'routes.GET /state.free',
        'routes.GET /state.off',
        'routes.GET /state.price',
        'routes.GET /state.served',
        'routes.GET /state.webSocket',
        'routes.GET /status.chargeOn',
        'routes.GET /status.free',
        'routes.GET /status.off',
        'routes.GET /status.served',
        'routes.GET /status.webSocket',
      ])
      assert.equal((shown['apiChanges'] as unknown[]).length, 3)
      assert.equal(inForce()?.routes.length, 2)
    })

    it('tells the second of two publishers what changed, and publishes nothing of theirs', async () => {
      const { revision } = await call(200, 'GET', '/api/apis/weather/draft')
      const both = await Promise.all([1, 2].map(() => api.call('POST', '/api/apis/weather/releases', { body: { revision, base: 1 } })))
      const [first, second] = both.toSorted((a, b) => a.status - b.status)
      assert.deepEqual([first?.status, second?.status], [201, 409], second?.text)
      assert.equal(second?.body['code'], 'release_conflict')
      assert.equal(second.body['release'], 2)
      assert.match(String(second.body['detail']), /^Release 2 of "weather" by operator is in force/)
      assert.ok(fields(second.body).includes('routes.GET /state.price'))
      const { data } = await call(200, 'GET', '/api/apis/weather/releases')
      assert.deepEqual(
        (data as { number: number; inForce: boolean }[]).map(({ number, inForce: now }) => [number, now]),
        [
          [2, true],
          [1, false],
        ],
      )
    })

    it('publishes nothing that was changed since it was looked at, nor over what was put in force since', async () => {
      const { revision } = await call(200, 'PATCH', '/api/apis/weather/draft', { timeouts: { firstByteMs: 1000 } })
      await call(200, 'PATCH', '/api/apis/weather/draft', { timeouts: { firstByteMs: 2000 } })
      const changed = await call(409, 'POST', '/api/apis/weather/releases', { revision })
      assert.match(String(changed['detail']), /was changed by operator, and is at revision 2 now/)
      assert.deepEqual(changed['changes'], [{ field: 'timeouts.firstByteMs', before: null, after: 2000 }])
      const direct = await call(200, 'PATCH', '/api/apis/weather', { encodedSlashes: 'pass' })
      assert.equal(direct['release'], 3)
      const overtaken = await call(409, 'POST', '/api/apis/weather/releases', { revision: 2 })
      assert.deepEqual(overtaken['changes'], [{ field: 'encodedSlashes', before: 'refuse', after: 'pass' }])
      await call(200, 'PATCH', '/api/apis/weather/draft', { rebase: true, encodedSlashes: 'pass' })
      const release = await call(201, 'POST', '/api/apis/weather/releases', { revision: 3 })
      assert.deepEqual([release['number'], fields(release)], [4, ['timeouts.firstByteMs']])
    })

    it('goes back to any earlier release in one step, exactly as it was, and numbers on from the last', async () => {
      const newest = inForce()
      const back = await call(200, 'POST', '/api/apis/weather/rollback', { release: 1 })
      assert.deepEqual([back['number'], back['inForce']], [1, true])
      assert.ok(fields(back).includes('timeouts.firstByteMs'))
      assert.deepEqual(
        inForce()?.routes.map(({ path }) => path),
        ['/forecast/{city}', '/status'],
      )
      assert.equal(inForce()?.timeouts, undefined)
      assert.match((await api.call('GET', '/api/apis/weather/document')).text, /\/status/)
      assert.match((await api.call('GET', '/api/apis/weather/document?release=2')).text, /\/state/)
      await call(200, 'POST', '/api/apis/weather/rollback', { release: 4 })
      assert.deepEqual(inForce(), newest)
      await call(404, 'POST', '/api/apis/weather/rollback', { release: 9 })
      const next = await call(200, 'PATCH', '/api/apis/weather', { encodedSlashes: null })
      assert.equal(next['release'], 5)
      const compared = await call(200, 'GET', '/api/apis/weather/releases/5?against=1')
      assert.ok(fields(compared).includes('routes.GET /state.served'))
    })

    it('writes who published and went back, what changed and what was overridden, into the audit', async () => {
      await call(200, 'PATCH', '/api/apis/weather/draft', { upstream: { baseUrl: 'https://dead.example' } })
      const refused = await call(409, 'POST', '/api/apis/weather/releases', { revision: 1 })
      assert.deepEqual(
        (refused['flaws'] as { code: string }[]).map(({ code }) => code),
        ['upstream_dead'],
      )
      const release = await call(201, 'POST', '/api/apis/weather/releases', { revision: 1, override: ['upstream_dead'] })
      assert.deepEqual(release['overridden'], ['upstream_dead'])
      const { data } = await call(200, 'GET', '/api/audit?subject=weather&limit=500')
      const rows = data as { action: string; after: { overridden?: string[]; changes?: Change[] } }[]
      const published = rows.find(({ action }) => action === 'api.publish')
      assert.deepEqual(published?.after.overridden, ['upstream_dead'])
      assert.deepEqual(published?.after.changes?.map(({ field }) => field).toSorted(), ['upstream.baseUrl'])
      assert.ok(rows.some(({ action }) => action === 'api.rollback') && rows.some(({ action }) => action === 'api.import'))
      assert.ok(!JSON.stringify(rows).includes(SECRET))
    })

    it('discards a draft, and keeps releases when an API is taken off', async () => {
      await call(200, 'PATCH', '/api/apis/weather/draft', { timeouts: null })
      await call(204, 'DELETE', '/api/apis/weather/draft')
      await call(404, 'DELETE', '/api/apis/weather/draft')
      await call(204, 'DELETE', '/api/apis/weather')
      assert.equal(inForce(), undefined)
      const back = await call(200, 'POST', '/api/apis/weather/rollback', { release: 1 })
      assert.equal(back['inForce'], true)
      assert.equal(inForce()?.routes.length, 2)
    })
  })
}
