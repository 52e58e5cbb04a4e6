import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { KINDS, skipOf } from '../../store/test/databases.ts'
import { startHarness, type Harness } from './support/harness.ts'

const SECRET = 'secret-of-staging-that-nobody-may-see-1'
const OWN = 'secret-of-production-nobody-may-see-22'
const ROUTES = [{ method: 'GET', path: '/now', price: '0.01' }]
const UPSTREAM = { baseUrl: 'https://weather.example', header: { name: 'x-secret', value: OWN } }
const STAGING = { upstream: { baseUrl: 'https://staging.weather.example', header: { name: 'x-secret', value: SECRET } } }

for (const kind of KINDS) {
  describe(`stages of APIs on ${kind}`, { skip: skipOf(kind) }, () => {
    let api: Harness
    before(async () => {
      api = await startHarness(kind)
    })
    after(() => api?.close())

    const call = async (status: number, method: string, path: string, body?: unknown): Promise<Record<string, unknown>> => {
      const answer = await api.call(method, path, body === undefined ? {} : { body })
      assert.equal(answer.status, status, `${method} ${path}: ${answer.text}`)
      assert.ok(!answer.text.includes(SECRET) && !answer.text.includes(OWN))
      return answer.body
    }
    const staged = (name = 'weather') => {
      const entry = api.deps.snapshot().staged.get(name)
      return entry?.kind === 'http' ? entry : undefined
    }
    const inForce = () => api.deps.snapshot().apis.get('weather')
    const drafted = async (change: Record<string, unknown>) => (await call(200, 'PATCH', '/api/apis/weather/draft', change))['revision']

    it('takes a draft into staging, with the upstream and the secret that it has there; nothing is in production', async () => {
      const revision = await drafted({ upstream: UPSTREAM, staging: STAGING, routes: ROUTES })
      const release = await call(201, 'POST', '/api/apis/weather/releases', { revision, stage: 'staging' })
      assert.deepEqual([release['number'], release['staged'], release['inForce'], release['inForceAt']], [1, true, false, null])
      assert.deepEqual(release['staging'], {
        upstream: {
          baseUrl: STAGING.upstream.baseUrl,
          header: { name: 'x-secret', lastFour: 'ee-1' },
          basic: null,
          oauth: null,
          mutualTls: null,
          ca: null,
        },
        upstreams: null,
      })
      const entry = staged()
      assert.deepEqual([entry?.prefix, entry?.stage, entry?.release], ['/staging/weather', 'staging', 1])
      assert.deepEqual(entry?.upstream, { baseUrl: STAGING.upstream.baseUrl, header: { name: 'x-secret', secret: SECRET } })
      assert.equal(inForce(), undefined)
      await call(404, 'GET', '/api/apis/weather')
    })

    it('promotes it as it is, with its number, to the upstream and the secret of production', async () => {
      const release = await call(200, 'POST', '/api/apis/weather/staging/promote', { release: 1 })
      assert.deepEqual([release['number'], release['staged'], release['inForce']], [1, true, true])
      const entry = inForce()
      assert.deepEqual([entry?.prefix, entry?.release], ['/weather', 1])
      assert.deepEqual(entry?.kind === 'http' && entry.upstream, { baseUrl: UPSTREAM.baseUrl, header: { name: 'x-secret', secret: OWN } })
      assert.ok(!JSON.stringify(entry).includes(SECRET), 'production does not know the secrets of staging')
      assert.ok(!JSON.stringify(staged()).includes(OWN), 'nor the reverse')
      const again = await call(400, 'POST', '/api/apis/weather/staging/promote', { release: 1 })
      assert.match(String(again['detail']), /is in force in production already/)
    })

    it('puts another release in staging while production stays, and tells what would be undone by promoting it', async () => {
      const second = await call(201, 'POST', '/api/apis/weather/releases', { revision: await drafted({ retries: 1 }), stage: 'staging' })
      assert.deepEqual([second['number'], inForce()?.release, staged()?.release], [2, 1, 2])
      await call(200, 'PATCH', '/api/apis/weather', { timeouts: { firstByteMs: 9 } })
      const refused = await call(409, 'POST', '/api/apis/weather/staging/promote', { release: 2 })
      assert.match(String(refused['detail']), /^Release 3 of "weather" by operator is in force, and release 2 was made on release 1\./)
      assert.deepEqual(
        (refused['changes'] as { field: string }[]).map(({ field }) => field),
        ['timeouts.firstByteMs'],
      )
      const other = await call(409, 'POST', '/api/apis/weather/staging/promote', { release: 3 })
      assert.match(String(other['detail']), /Release 3 of "weather" is not in staging: release 2 is/)
      await call(200, 'POST', '/api/apis/weather/staging/promote', { release: 2, base: 3 })
      assert.equal(inForce()?.release, 2)
      await call(200, 'PUT', '/api/apis/weather/staging', { release: 1 })
      assert.equal(staged()?.release, 1)
      const { data } = await call(200, 'GET', '/api/audit?subject=weather&limit=500')
      const actions = (data as { action: string }[]).map(({ action }) => action)
      assert.ok(actions.includes('api.stage') && actions.includes('api.promote'))
    })

    it('keeps a secret of staging that is not sent, and takes nothing behind both stages', async () => {
      const moved = { upstream: { baseUrl: 'https://staging2.weather.example' } }
      const release = await call(201, 'POST', '/api/apis/weather/releases', {
        revision: await drafted({ staging: moved }),
        stage: 'staging',
      })
      assert.deepEqual(staged()?.upstream, { ...moved.upstream, header: { name: 'x-secret', secret: SECRET } })
      const refused = async (staging: unknown, pointer: string, problem: RegExp) => {
        const answer = await call(400, 'PATCH', '/api/apis/weather/draft', { staging })
        assert.deepEqual([answer['pointer'], problem.test(String(answer['detail']))], [pointer, true], JSON.stringify(answer))
      }
      await refused({ upstreams: [{ baseUrl: UPSTREAM.baseUrl }] }, '/staging/upstream', /is what is behind it in production/)
      await refused({ upstream: { baseUrl: 'ftp://x' } }, '/staging/upstream/baseUrl', /is no address/)
      await refused({ upstream: { basic: { user: 'x' } } }, '/staging/upstream/basic/secret', /there is no secret yet/)
      await call(200, 'PATCH', '/api/apis/weather/draft', { staging: null })
      await call(200, 'PATCH', '/api/apis/weather', { staging: null })
      const now = inForce()?.release ?? 0
      const nowhere = await call(400, 'PUT', '/api/apis/weather/staging', { release: now })
      assert.deepEqual([nowhere['pointer'], staged()?.release], ['/staging', release['number']])
    })

    it('lets nobody else into its place there, and leaves it with the API', async () => {
      for (const [name, status] of [
        ['storms', 201],
        ['hail', 409],
      ] as const) {
        const other = { upstream: UPSTREAM, staging: STAGING, routes: ROUTES, prefix: '/storms' }
        const { revision } = await call(200, 'PATCH', `/api/apis/${name}/draft`, other)
        const { detail } = await call(status, 'POST', `/api/apis/${name}/releases`, { revision, stage: 'staging' })
        if (status === 409) assert.equal(detail, 'The prefix "/staging/storms" is that of the API "storms".')
      }
      await call(204, 'DELETE', '/api/apis/weather/staging')
      assert.equal(staged(), undefined)
      await call(404, 'DELETE', '/api/apis/weather/staging')
      await call(200, 'PUT', '/api/apis/weather/staging', { release: 1 })
      await call(204, 'DELETE', '/api/apis/weather')
      assert.deepEqual([staged(), inForce()], [undefined, undefined])
    })
  })
}
