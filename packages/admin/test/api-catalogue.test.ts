import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { KINDS, skipOf } from '../../store/test/databases.ts'
import { startHarness, type Harness } from './support/harness.ts'
import { recordOf } from './support/world.ts'

type Answered = Record<string, unknown>

const ROUTES = [{ method: 'GET', path: '/', price: '0.01' }]
const NOTHING = { title: null, summary: null, description: null, categories: [], tags: [], contact: null, logo: null }

for (const kind of KINDS) {
  describe(`what the catalogue says of an API, on ${kind}`, { skip: skipOf(kind) }, () => {
    let api: Harness
    before(async () => {
      api = await startHarness(kind)
      await call(201, 'POST', '/api/apis', {
        name: 'tides',
        prefix: '/tides',
        upstream: { baseUrl: 'https://inner.example' },
        routes: ROUTES,
      })
    })
    after(() => api?.close())

    const call = async (status: number, method: string, path: string, body?: unknown): Promise<Answered> => {
      const answer = await api.call(method, path, body === undefined ? {} : { body })
      assert.equal(answer.status, status, answer.text)
      return answer.body
    }
    const inForce = () => api.deps.snapshot().apis.get('tides')

    it('is presented by a release, member by member, and going back brings back what was said', async () => {
      assert.equal((await call(200, 'GET', '/api/apis/tides'))['presentation'], null)
      const said = await call(200, 'PATCH', '/api/apis/tides', { presentation: { title: 'Tides', tags: ['sea'] } })
      assert.deepEqual([said['release'], said['presentation']], [2, { ...NOTHING, title: 'Tides', tags: ['sea'] }])
      const more = await call(200, 'PATCH', '/api/apis/tides', { presentation: { summary: 'High and low', tags: [] } })
      assert.deepEqual(more['presentation'], { ...NOTHING, title: 'Tides', summary: 'High and low' })
      const release = await call(200, 'GET', '/api/apis/tides/releases/3')
      assert.deepEqual(release['changes'], [
        { field: 'presentation.summary', before: null, after: 'High and low' },
        { field: 'presentation.tags', before: ['sea'], after: [] },
      ])
      await call(200, 'POST', '/api/apis/tides/rollback', { release: 2 })
      assert.deepEqual(inForce()?.presentation, { title: 'Tides', tags: ['sea'] })
      assert.equal(inForce()?.release, 2)
      assert.equal((await call(200, 'PATCH', '/api/apis/tides', { presentation: null }))['presentation'], null)
      assert.equal((await call(200, 'PATCH', '/api/apis/tides', { timeouts: { firstByteMs: 5 } }))['presentation'], null)
    })

    it('is presented in a draft, and not before that is published', async () => {
      const draft = await call(200, 'PATCH', '/api/apis/tides/draft', { presentation: { title: 'Drafted', description: '# So' } })
      assert.deepEqual(draft['presentation'], { ...NOTHING, title: 'Drafted', description: '# So' })
      assert.equal(inForce()?.presentation, undefined)
      await call(201, 'POST', '/api/apis/tides/releases', { revision: 1, override: ['unpayable', 'upstream_dead'] })
      assert.equal(inForce()?.presentation?.title, 'Drafted')
    })

    it('refuses what could not be shown', async () => {
      for (const presentation of [
        { contact: 'nobody' },
        { logo: 'http://plain.example/a.png' },
        { title: 'x'.repeat(101) },
        { tags: Array.from({ length: 21 }, (_, i) => `t${i}`) },
        { colour: 'blue' },
      ])
        await call(400, 'PATCH', '/api/apis/tides', { presentation })
    })

    it('is listed for whom it is for, whatever the release, and who changed that is in the audit', async () => {
      const { id } = await call(201, 'POST', '/api/organizations', { name: 'guests' })
      assert.deepEqual((await call(200, 'GET', '/api/apis/tides'))['listing'], { visibility: 'organization', owner: null, invited: [] })
      const listed = await call(200, 'PATCH', '/api/apis/tides/listing', { visibility: 'invitation', owner: 'The crew', invited: [id, id] })
      assert.deepEqual(listed['listing'], { visibility: 'invitation', owner: 'The crew', invited: [id] })
      assert.deepEqual(inForce()?.listing, { visibility: 'invitation', owner: 'The crew', invited: [id] })
      await call(200, 'POST', '/api/apis/tides/rollback', { release: 1 })
      await call(200, 'PATCH', '/api/apis/tides', { encodedSlashes: 'pass' })
      assert.equal(inForce()?.listing?.visibility, 'invitation')
      const changed = await call(200, 'PATCH', '/api/apis/tides/listing', { owner: null })
      assert.deepEqual(changed['listing'], { visibility: 'invitation', owner: null, invited: [id] })
      const { data } = await call(200, 'GET', '/api/audit?subject=tides')
      const told = (data as Answered[]).filter(({ action }) => action === 'api.listing')
      const [changes, first] = told as { before: Answered }[]
      assert.deepEqual([told.length, changes?.before['visibility'], first?.before['visibility']], [2, 'invitation', 'organization'])
      await call(400, 'PATCH', '/api/apis/tides/listing', { invited: ['org_nobody'] })
      await call(400, 'PATCH', '/api/apis/tides/listing', { visibility: 'nobody' })
      await call(404, 'PATCH', '/api/apis/nothing/listing', {})
    })

    it('is listed from its first moment on for whom it is for, by its creation as by a release', async () => {
      const { id } = await call(201, 'POST', '/api/organizations', { name: 'early guests' })
      const [upstream, listing] = [{ baseUrl: 'https://inner.example' }, { visibility: 'invitation', invited: [id] }]
      const made = await call(201, 'POST', '/api/apis', { name: 'early', upstream, routes: ROUTES, listing })
      assert.deepEqual(made['listing'], { ...listing, owner: null })
      assert.deepEqual(api.deps.snapshot().apis.get('early')?.listing, listing)
      await call(200, 'PATCH', '/api/apis/late/draft', { upstream, routes: ROUTES })
      const override = ['unpayable', 'upstream_dead']
      const strange = { revision: 1, override, listing: { invited: ['org_nobody'] } }
      assert.equal((await call(400, 'POST', '/api/apis/late/releases', strange))['pointer'], '/listing/invited/0')
      assert.equal(api.deps.snapshot().apis.get('late'), undefined)
      await call(201, 'POST', '/api/apis/late/releases', { revision: 1, override, listing })
      assert.deepEqual(api.deps.snapshot().apis.get('late')?.listing, listing)
    })

    it('is listed as it was when it was taken off, whoever goes back or publishes it again', async () => {
      const [upstream, listing] = [{ baseUrl: 'https://inner.example' }, { visibility: 'invitation' }]
      await call(201, 'POST', '/api/apis', { name: 'again', upstream, routes: ROUTES, listing })
      await call(204, 'DELETE', '/api/apis/again')
      await call(200, 'POST', '/api/apis/again/rollback', { release: 1 })
      assert.deepEqual(api.deps.snapshot().apis.get('again')?.listing, listing)
      await call(204, 'DELETE', '/api/apis/again')
      const made = await call(201, 'POST', '/api/apis', { name: 'again', upstream, routes: ROUTES, listing: { owner: 'The crew' } })
      assert.deepEqual(made['listing'], { visibility: 'invitation', owner: 'The crew', invited: [] })
    })

    it('has alerts that say how they stand, until it is taken off; only webhooks of every organization are told', async () => {
      const alerts = [
        { kind: 'errors', above: '0.05', minutes: 5, minimumCalls: 2 },
        { kind: 'spending', above: '10', minutes: 60, minimumCalls: 1 },
      ]
      const calls = [200, 500].map((status) =>
        recordOf({ id: `req_${status}`, at: api.clock.now() - 1_000, api: 'tides', route: 'GET /', status }),
      )
      for (const record of calls) api.store.records.request(record)
      const standing = [
        { ...alerts[0], value: '0.50', holds: true },
        { ...alerts[1], value: '2.00', holds: false },
      ]
      assert.deepEqual((await call(200, 'PUT', '/api/apis/tides/alerts', { alerts }))['data'], standing)
      assert.deepEqual((await call(200, 'GET', '/api/apis/tides/alerts'))['data'], standing)
      await call(400, 'PUT', '/api/apis/tides/alerts', { alerts: [{ kind: 'silence', above: '1' }] })
      await call(404, 'PUT', '/api/apis/nothing/alerts', { alerts })
      const { id } = await call(201, 'POST', '/api/organizations', { name: 'one' })
      const hook = { url: 'https://receiver.example', events: ['api.alert'] }
      await call(201, 'POST', '/api/webhooks', hook)
      await call(201, 'POST', `/api/organizations/${String(id)}/webhooks`, hook)
      const gone = { name: 'gone', prefix: '/gone', upstream: { baseUrl: 'https://inner.example' }, routes: ROUTES }
      await call(201, 'POST', '/api/apis', gone)
      await call(200, 'PUT', '/api/apis/gone/alerts', { alerts })
      await call(204, 'DELETE', '/api/apis/gone')
      assert.deepEqual(
        (await api.deps.store.read.apiAlerts.list()).map(({ api: name }) => name),
        ['tides'],
      )
    })

    it('is written into an export so that the file says the same', async () => {
      await call(200, 'PATCH', '/api/apis/tides', { presentation: { summary: 'Send ${KEY}' } })
      const { text } = await api.call('GET', '/api/export')
      assert.match(text, /summary: Send \$\$\{KEY\}/)
      assert.match(text, /visibility: invitation/)
    })
  })
}
