import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { KINDS, skipOf } from '../../store/test/databases.ts'
import { startHarness, type Harness } from './support/harness.ts'

const PLACE = { baseUrl: 'https://weather.example' }

interface Change {
  field: string
}

for (const kind of KINDS) {
  describe(`canaries of APIs on ${kind}`, { skip: skipOf(kind) }, () => {
    let api: Harness
    before(async () => {
      api = await startHarness(kind)
      await call(201, 'POST', '/api/apis', { name: 'weather', upstream: PLACE, routes: [{ method: 'GET', path: '/now', price: '0.01' }] })
    })
    after(() => api?.close())

    const call = async (status: number, method: string, path: string, body?: unknown): Promise<Record<string, unknown>> => {
      const answer = await api.call(method, path, body === undefined ? {} : { body })
      assert.equal(answer.status, status, `${method} ${path}: ${answer.text}`)
      return answer.body
    }
    const inForce = () => api.deps.snapshot().apis.get('weather')
    const shown = async () => {
      const { release, canary } = await call(200, 'GET', '/api/apis/weather')
      return { release, canary }
    }
    /** A change of the draft; its revision. */
    const drafted = async (change: Record<string, unknown>) => (await call(200, 'PATCH', '/api/apis/weather/draft', change))['revision']
    const audited = async (action: string) => {
      const { data } = await call(200, 'GET', '/api/audit?subject=weather&limit=500')
      return (data as { action: string; before: unknown; after: unknown }[]).find((row) => row.action === action)
    }

    it('is published from a draft beside the release in force, which stays as it is', async () => {
      const untouched = inForce()
      const revision = await drafted({ retries: 2 })
      const header = { name: 'X-Version', value: 'next' }
      const release = await call(201, 'POST', '/api/apis/weather/releases', { revision, canary: { percent: 5, header } })
      const terms = { percent: 5, header: { name: 'x-version', value: 'next' } }
      assert.deepEqual([release['number'], release['inForce'], release['canary'], release['inForceAt']], [2, false, terms, null])
      assert.deepEqual(await shown(), { release: 1, canary: { release: 2, ...terms } })
      const { canary, ...rest } = inForce() ?? assert.fail()
      assert.deepEqual(rest, untouched)
      assert.deepEqual([canary?.percent, canary?.header, canary?.entry.release], [5, { name: 'x-version', value: 'next' }, 2])
      assert.equal(canary?.entry.kind === 'http' && canary.entry.retries, 2)
      const { data } = await call(200, 'GET', '/api/apis/weather/releases')
      assert.deepEqual(
        (data as Record<string, unknown>[]).map(({ number, inForce: now, canary: tried }) => [number, now, tried]),
        [
          [2, false, terms],
          [1, true, null],
        ],
      )
    })

    it('is given to more callers, without being looked at or published anew', async () => {
      await call(200, 'PUT', '/api/apis/weather/canary', { release: 2, percent: 50 })
      assert.deepEqual(await shown(), { release: 1, canary: { release: 2, percent: 50, header: null } })
      assert.deepEqual(await audited('api.canary'), {
        ...(await audited('api.canary')),
        before: { release: 2, percent: 5, header: { name: 'x-version', value: 'next' } },
        after: { release: 2, percent: 50, header: null, overridden: [] },
      })
    })

    it('lets nothing else be published meanwhile: who would is told what is tried, and by whom', async () => {
      const revision = await drafted({ retries: 3 })
      for (const [method, path, body] of [
        ['POST', '/api/apis/weather/releases', { revision }],
        ['POST', '/api/apis/weather/releases', { revision, canary: { percent: 1 } }],
        ['PATCH', '/api/apis/weather', { retries: 4 }],
      ] as const) {
        const refused = await call(409, method, path, body)
        assert.equal(refused['code'], 'release_conflict')
        assert.match(
          String(refused['detail']),
          /^Release 2 of "weather" by operator is being tried as a canary\. Promote it or stop it first/,
        )
        assert.deepEqual(
          (refused['changes'] as Change[]).map(({ field }) => field),
          ['retries'],
        )
      }
      assert.deepEqual(await shown(), { release: 1, canary: { release: 2, percent: 50, header: null } })
    })

    it('is promoted in one step, if it is what was looked at', async () => {
      const other = await call(409, 'POST', '/api/apis/weather/canary/promote', { release: 1 })
      assert.match(
        String(other['detail']),
        /^Release 1 of "weather" is not being tried: release 2 is being tried, and release 1 is in force/,
      )
      const release = await call(200, 'POST', '/api/apis/weather/canary/promote', { release: 2 })
      assert.deepEqual([release['number'], release['inForce'], release['canary']], [2, true, null])
      assert.ok(release['inForceAt'] !== null)
      assert.deepEqual(await shown(), { release: 2, canary: null })
      const row = await audited('api.promote')
      assert.deepEqual(row?.before, { release: 1, canary: { percent: 50, header: null } })
      const again = await call(409, 'POST', '/api/apis/weather/canary/promote', { release: 2 })
      assert.match(String(again['detail']), /no release is being tried, and release 2 is in force/)
      await call(409, 'POST', '/api/apis/weather/releases', { revision: 1 })
    })

    it('is stopped, and an earlier release can be tried as well', async () => {
      await call(404, 'DELETE', '/api/apis/weather/canary')
      await call(200, 'PUT', '/api/apis/weather/canary', { release: 1, percent: 10 })
      await call(204, 'DELETE', '/api/apis/weather/canary')
      assert.deepEqual(await shown(), { release: 2, canary: null })
      assert.deepEqual((await audited('api.canary-stop'))?.before, { release: 1, percent: 10, header: null })
    })

    it('ends with a rollback, which goes to what was in force and nowhere else', async () => {
      await drafted({ rebase: true, retries: 3 })
      const { number } = await call(201, 'POST', '/api/apis/weather/releases', { revision: 2, canary: { percent: 100 } })
      const never = await call(400, 'POST', '/api/apis/weather/rollback', { release: number })
      assert.match(String(never['detail']), /was never in force for all callers/)
      await call(200, 'POST', '/api/apis/weather/rollback', { release: 1 })
      assert.deepEqual(await shown(), { release: 1, canary: null })
      assert.deepEqual((await audited('api.rollback'))?.before, { release: 2, canary: { release: number, percent: 100 } })
    })

    it('stays while the API is deprecated or retired: what is said of the API holds for both releases', async () => {
      await call(200, 'PUT', '/api/apis/weather/canary', { release: 3, percent: 10 })
      await call(200, 'POST', '/api/apis/weather/retire', {})
      const entry = inForce()
      assert.deepEqual([entry?.retirement?.state, entry?.canary?.entry.retirement?.state], ['retired', 'retired'])
      await call(200, 'POST', '/api/apis/weather/reinstate', {})
      assert.deepEqual(await shown(), { release: 1, canary: { release: 3, percent: 10, header: null } })
      await call(204, 'DELETE', '/api/apis/weather/canary')
    })

    it('is refused where it could not be told from the release in force, or would be for nobody', async () => {
      const basic = await call(200, 'PATCH', '/api/apis/weather', { authentication: { basic: {} } })
      await call(200, 'PATCH', '/api/apis/weather', { authentication: null, prefix: '/moved' })
      const refused = async (pointer: string, problem: RegExp, body: Record<string, unknown>) => {
        const answer = await call(400, 'PUT', '/api/apis/weather/canary', body)
        assert.equal(answer['pointer'], pointer)
        assert.match(String(answer['detail']), problem)
      }
      const header = { name: 'x-version', value: 'next' }
      await refused('/release', /it is at "\/weather", and what is in force at "\/moved"/, { release: 1, header })
      await call(200, 'PATCH', '/api/apis/weather', { prefix: '/weather' })
      await refused('/percent', /callers prove who they are in other ways/, { release: basic['release'], percent: 5 })
      await call(200, 'PUT', '/api/apis/weather/canary', { release: basic['release'], header })
      await refused('/percent', /is missing, as is `header`/, { release: 1 })
      await refused('/header/name', /is for something else/, { release: 1, header: { name: 'Authorization', value: 'x' } })
      await refused('/percent', /./, { release: 1, percent: 101 })
      const now = (await shown()).release
      await refused('/release', /is in force for all callers/, { release: now, percent: 5 })
      await call(404, 'PUT', '/api/apis/weather/canary', { release: 99, percent: 5 })
      await call(404, 'PUT', '/api/apis/nothing/canary', { release: 1, percent: 5 })
      const fresh = await call(200, 'PATCH', '/api/apis/fresh/draft', {
        upstream: PLACE,
        routes: [{ method: 'GET', path: '/', free: true }],
      })
      const alone = await call(400, 'POST', '/api/apis/fresh/releases', { revision: fresh['revision'], canary: { percent: 5 } })
      assert.deepEqual(alone['pointer'], '/canary')
    })
  })
}
