import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { KINDS, skipOf } from '../../store/test/databases.ts'
import { startHarness, type Harness } from './support/harness.ts'
import { created, tokenOf } from './support/world.ts'

const SERVICE = {
  upstream: { baseUrl: 'https://weather.example' },
  staging: { upstream: { baseUrl: 'https://staging.example' } },
  routes: [{ method: 'GET', path: '/now', price: '0.01' }],
}
const REQUESTS = '/api/apis/weather/requests'

for (const kind of KINDS) {
  describe(`what two people agree to, on ${kind}`, { skip: skipOf(kind) }, () => {
    let api: Harness
    /** Two tokens of one member, and one of another. */
    let ann: string
    let annAgain: string
    let ben: string
    before(async () => {
      api = await startHarness(kind)
      const organization = await created(api, '/api/organizations', { name: 'acme' })
      const memberOf = (name: string) =>
        created(api, `/api/organizations/${organization}/members`, { name, email: `${name}@example.com`, role: 'publisher' })
      const [first, second] = [await memberOf('ann'), await memberOf('ben')]
      ann = await tokenOf(api, first)
      annAgain = await tokenOf(api, first)
      ben = await tokenOf(api, second)
      await as(ann, 201, 'POST', '/api/apis', { name: 'weather', ...SERVICE })
      await as(ann, 200, 'PUT', '/api/apis/weather/approval', { required: true })
    })
    after(() => api?.close())

    async function as(token: string, status: number, method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
      const answer = await api.call(method, path, { token, ...(body === undefined ? {} : { body }) })
      assert.equal(answer.status, status, `${method} ${path}: ${answer.text}`)
      return answer.body
    }
    const inForce = () => api.deps.snapshot().apis.get('weather')
    const drafted = async (change: Record<string, unknown>) =>
      (await as(ann, 200, 'PATCH', '/api/apis/weather/draft', { rebase: true, ...change }))['revision']
    const asked = async (body: Record<string, unknown>) => String((await as(ann, 201, 'POST', REQUESTS, body))['id'])
    const override = ['unpayable']

    it('lets nobody change alone what callers have; staging and a rollback need nobody else', async () => {
      const revision = await drafted({ retries: 1 })
      for (const [method, path, body] of [
        ['POST', '/api/apis/weather/releases', { revision, override }],
        ['PATCH', '/api/apis/weather', { retries: 2 }],
      ] as const)
        assert.equal((await as(ann, 403, method, path, body))['code'], 'second_person_required')
      const alone = await as(ann, 400, 'PUT', '/api/apis/weather/approval', { required: false })
      assert.match(String(alone['detail']), /is ended by two people/)
      await as(ann, 201, 'POST', '/api/apis/weather/releases', { revision, override, stage: 'staging' })
      const promoted = await as(ann, 403, 'POST', '/api/apis/weather/staging/promote', { release: 2, override })
      assert.equal(promoted['code'], 'second_person_required')
      await as(ann, 200, 'POST', '/api/apis/weather/rollback', { release: 1 })
    })

    it('does what was asked for when somebody else approves it: whoever asked cannot, with another token either', async () => {
      const revision = await drafted({ retries: 3 })
      const request = await as(ann, 201, 'POST', REQUESTS, { publish: { revision, override, note: 'more tries' } })
      assert.deepEqual([request['state'], request['base'], request['overridden']], ['pending', 1, []])
      assert.deepEqual(request['changes'], [{ field: 'retries', before: null, after: 3 }])
      const path = `${REQUESTS}/${String(request['id'])}/approve`
      for (const token of [ann, annAgain]) assert.match(String((await as(token, 403, 'POST', path, {}))['detail']), /is your own/)
      const [approved, again] = [
        await api.call('POST', path, { token: ben, body: {}, idempotencyKey: 'agree' }),
        await api.call('POST', path, { token: ben, body: {}, idempotencyKey: 'agree' }),
      ]
      assert.deepEqual([approved.status, approved.body['state']], [200, 'approved'], approved.text)
      assert.deepEqual([again.status, again.body], [200, approved.body], 'the same key gets the same answer')
      const entry = inForce()
      assert.deepEqual([entry?.release, entry?.kind === 'http' && entry.retries], [3, 3])
      const release = await as(ann, 200, 'GET', '/api/apis/weather/releases/3')
      assert.deepEqual([release['publishedBy'], release['note']], [request['askedBy'], 'more tries'])
      await as(ben, 409, 'POST', path, {})
      const { data } = await as(ann, 200, 'GET', REQUESTS)
      assert.deepEqual(data, [approved.body])
    })

    it('holds for canaries and their promotion as well', async () => {
      await as(ann, 403, 'PUT', '/api/apis/weather/canary', { release: 1, percent: 5, override })
      const tried = await asked({ canary: { release: 1, percent: 5, override } })
      await as(ben, 200, 'POST', `${REQUESTS}/${tried}/approve`, {})
      assert.equal(inForce()?.canary?.entry.release, 1)
      await as(ann, 403, 'POST', '/api/apis/weather/canary/promote', { release: 1 })
      const promoted = await asked({ promote: { release: 1 } })
      await as(ben, 200, 'POST', `${REQUESTS}/${promoted}/approve`, {})
      assert.equal(inForce()?.release, 1)
    })

    it('is void where something else came into force meanwhile, and says what', async () => {
      const id = await asked({ publish: { revision: await drafted({ retries: 4 }), override } })
      await as(ann, 200, 'POST', '/api/apis/weather/rollback', { release: 3 })
      const { data } = await as(ann, 200, 'GET', REQUESTS)
      assert.equal((data as { id: string; state: string }[]).find((one) => one.id === id)?.state, 'void')
      const refused = await as(ben, 409, 'POST', `${REQUESTS}/${id}/approve`, {})
      assert.equal(refused['code'], 'release_conflict')
      assert.equal(inForce()?.release, 3)
    })

    it('is rejected with a reason, and ended by two people', async () => {
      const id = await asked({ publish: { revision: await drafted({ retries: 5 }), override } })
      await as(ann, 403, 'POST', `${REQUESTS}/${id}/reject`, { reason: 'no' })
      const rejected = await as(ben, 200, 'POST', `${REQUESTS}/${id}/reject`, { reason: 'too many tries' })
      assert.deepEqual([rejected['state'], rejected['reason']], ['rejected', 'too many tries'])
      await as(ben, 409, 'POST', `${REQUESTS}/${id}/approve`, {})
      await as(ann, 400, 'POST', REQUESTS, {})
      const end = await asked({ dropApproval: true })
      await as(ben, 200, 'POST', `${REQUESTS}/${end}/approve`, {})
      assert.deepEqual(await as(ann, 200, 'GET', '/api/apis/weather/approval'), { required: false })
      await as(ann, 200, 'PATCH', '/api/apis/weather', { retries: 1 })
    })
  })
}
