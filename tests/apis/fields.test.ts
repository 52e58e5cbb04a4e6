import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { bodiesOf, leavesOf } from '../knobs/fields/leaves.ts'
import { actAs } from '../support/act-as.ts'
import { ManagementApi } from '../support/api.ts'
import { answer, usage } from '../support/behaviours.ts'
import { configuration } from '../support/config.ts'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { json, send } from '../support/http.ts'
import { DEFINITION_FIELDS } from './fields/all.ts'
import { definitionsOf, namesOf, openPlaces, plainFor, type Definition, type KeptSeen, type Places, type Seen } from './fields/field.ts'

/** Where those who vouch for callers are, and how their certificates are learnt of. */
const OUTSIDE = { issuerNetworks: ['127.0.0.0/8'], trustedProxies: ['127.0.0.1'], clientCertificates: 'header' }

describe('every field of the definition of an API', { concurrency: 6 }, () => {
  let places: Places
  let gateway: Gateway
  let rich: Customer
  let poor: Customer
  let stagingKey: string

  before(async () => {
    const opened = await openPlaces()
    opened.models.on('*', answer(usage(5, 5)))
    gateway = await startGateway({ config: configuration(opened.models, { one: {}, two: {} }, OUTSIDE) })
    rich = await gateway.customer('100.00')
    poor = await gateway.customer()
    const keys = `/api/applications/${rich.application}/keys`
    stagingKey = (await gateway.api.expect<{ key: string }>(201, 'POST', keys, { name: 'staging', stage: 'staging' })).key
    places = { ...opened, rich, poor }
  })
  after(async () => {
    await gateway?.stop()
    await places?.stop()
  })

  /** An API as it is called by both customers. */
  const seenOf = (name: string): KeptSeen => {
    const by =
      ({ key }: Customer): Seen['call'] =>
      (path, sent = {}) =>
        send(`${gateway.url}/${name}${path}`, { ...sent, headers: { authorization: `Bearer ${key}`, ...sent.headers } })
    const anybody: Seen['call'] = (path, sent) => send(`${gateway.url}/${name}${path}`, sent)
    const catalogued = () => send(`${gateway.url}/catalogue/${name}.json`, { headers: { authorization: `Bearer ${rich.key}` } })
    const path = `/api/apis/${name}`
    const tried = async () => {
      const body = { against: 'upstream', unsafe: true }
      return (await gateway.api.expect<{ contract: unknown }>(200, 'POST', `${path}/test`, body)).contract
    }
    const republished = async () => {
      const { revision } = await gateway.api.expect<{ revision: number }>(200, 'PATCH', `${path}/draft`, {})
      return (await gateway.api.call('POST', `${path}/releases`, { revision, override: ['unpayable'] })).status
    }
    const staged = async (below: string) => {
      const { release } = await gateway.api.expect<{ release: number }>(200, 'GET', path)
      await gateway.api.expect(200, 'PUT', `${path}/staging`, { release, override: ['upstream_dead', 'unpayable'] })
      return send(`${gateway.url}/staging/${name}${below}`, { headers: { authorization: `Bearer ${stagingKey}` } })
    }
    return { name, origin: gateway.url, places, call: by(rich), anybody, poor: by(poor), catalogued, tried, staged, republished }
  }

  /** Publishes a definition, from a draft where it needs a document. Gives the number of its release. */
  async function publish(name: string, definition: Definition, document: string | undefined): Promise<number> {
    const { release } =
      document === undefined
        ? await gateway.api.expect<{ release: number }>(201, 'POST', '/api/apis', { name, ...definition })
        : { release: await publishDocumented(name, definition, document) }
    return release
  }

  async function publishDocumented(name: string, definition: Definition, document: string): Promise<number> {
    const path = `/api/apis/${name}`
    await gateway.api.expect(200, 'POST', `${path}/import`, { document })
    const { revision } = await gateway.api.expect<{ revision: number }>(200, 'PATCH', `${path}/draft`, {
      ...definition,
      routes: [{ method: 'GET', path: '/a', price: '0.01' }],
    })
    const override = ['upstream_dead', 'unpayable']
    return (await gateway.api.expect<{ number: number }>(201, 'POST', `${path}/releases`, { revision, override })).number
  }

  test('has a row here, or two APIs that differ in it, and no row is of anything else: a field without one fails', async () => {
    const bodies = bodiesOf(await gateway.api.expect(200, 'GET', '/api/openapi.json'))
    for (const [call, more] of [
      // Who sees it, and whose it is, is said of the API, and of no definition.
      ['createApi', ['name', 'kind', 'organization', 'listing.visibility', 'listing.owner', 'listing.invited[]']],
      ['updateApi', []],
      // What is done with a draft beside its definition has a test of its own.
      ['updateApiDraft', ['rebase', 'prices', 'document', 'dryRun', 'organization']],
    ] as const) {
      assert.deepEqual([...Object.keys(DEFINITION_FIELDS), ...more].toSorted(), leavesOf(bodies.get(call) ?? {}).toSorted(), call)
    }
  })

  for (const [field, row] of Object.entries(DEFINITION_FIELDS)) {
    test(`${field}: another value changes what is seen from outside`, async () => {
      const definitions = definitionsOf({ [field]: row }, places)
      const [a, b] = namesOf(field)
      for (const name of [a, b]) await publish(name, definitions[name] ?? {}, row.document)
      assert.notDeepEqual(await row.see(seenOf(a)), await row.see(seenOf(b)))
    })
  }

  test('name: it is told to callers', async () => {
    const said = async (name: string) => {
      await gateway.api.expect(201, 'POST', '/api/apis', {
        name,
        prefix: `/${name}`,
        upstream: { baseUrl: places.dead },
        routes: [{ method: 'GET', path: '/a', free: true }],
      })
      return json(await seenOf(name).call('/b'))['detail']
    }
    assert.notEqual(await said('one-name'), await said('other-name'))
  })

  test('organization: whose it is, its publisher changes, and nobody else', async () => {
    const seen = async (name: string, organization: string | undefined) => {
      const routes = [{ method: 'GET', path: '/a', free: true }]
      const owner = organization === undefined ? {} : { organization }
      await gateway.api.expect(201, 'POST', '/api/apis', { name, ...owner, upstream: { baseUrl: 'https://service.example' }, routes })
      const own = new ManagementApi(gateway.url, await actAs('publisher', gateway, rich))
      return (await own.call('PATCH', `/api/apis/${name}`, { retries: 1 })).status
    }
    assert.deepEqual([await seen('owned', rich.organization), await seen('unowned', undefined)], [200, 404])
  })

  test('of a draft, dryRun, organization and document: whether it is kept, whose a new one is, and what it describes', async () => {
    const own = new ManagementApi(gateway.url, await actAs('publisher', gateway, rich))
    const document = JSON.stringify({
      openapi: '3.1.0',
      info: { title: 'Drafted', version: '1' },
      paths: { '/a': { get: { responses: { 200: { description: 'It' } } } } },
    })
    const seen = async (name: string, sent: object) => {
      const path = `/api/apis/${name}/draft`
      await gateway.api.expect(200, 'PATCH', path, { upstream: { baseUrl: 'https://service.example' }, ...sent })
      const draft = await gateway.api.call('GET', path)
      return [draft.status, json(draft)['document'], (await own.call('GET', path)).status]
    }
    assert.deepEqual(await seen('dry', { dryRun: true, document, organization: rich.organization }), [404, undefined, 404])
    assert.deepEqual(await seen('bare', {}), [200, false, 404])
    assert.deepEqual(await seen('drafted', { document }), [200, true, 404])
    assert.deepEqual(await seen('theirs', { organization: rich.organization }), [200, false, 200])
  })

  test('kind: there are three, each for what it is, and no other is taken', async () => {
    const definition = {
      name: 'kind',
      prefix: '/kind',
      upstream: { baseUrl: places.dead },
      routes: [{ method: 'GET', path: '/a', free: true }],
    }
    assert.equal((await gateway.api.call('POST', '/api/apis', { ...definition, kind: 'mcp' })).status, 400)
    assert.equal((await gateway.api.call('POST', '/api/apis', { ...definition, kind: 'prompt' })).status, 400)
    assert.equal((await gateway.api.call('POST', '/api/apis', { ...definition, kind: 'http' })).status, 201)
    const asked = { name: 'asked', prefix: '/asked', prompt: { model: 'one', user: 'Say it' } }
    assert.equal((await gateway.api.call('POST', '/api/apis', { ...asked, kind: 'http' })).status, 400)
    assert.equal((await gateway.api.call('POST', '/api/apis', { ...asked, kind: 'prompt' })).status, 201)
    const named = { name: 'named', prefix: '/named', models: { fast: 'one' } }
    assert.equal((await gateway.api.call('POST', '/api/apis', { ...named, kind: 'prompt' })).status, 400)
    assert.equal((await gateway.api.call('POST', '/api/apis', { ...named, kind: 'model' })).status, 201)
  })

  test('each is in a release as it was in the draft, and what differs between releases is told by its name', async () => {
    for (const [field, row] of Object.entries(DEFINITION_FIELDS)) {
      // Of secrets the last four characters are told.
      if (/^(prefix|routes|upstream\.|staging\.upstream\.)|clientSecret$/.test(field)) continue
      const [name] = namesOf(`draft ${field}`)
      const [own, other] = [row.a(places, name), row.b(places, name)]
      const free = 'prompt' in own || 'models' in own ? {} : { routes: [{ method: 'GET', path: '/a', free: true }] }
      const path = `/api/apis/${name}`
      const begun = await publish(name, { ...plainFor(own, places, name), ...free, ...own }, row.document)
      const draft = await gateway.api.expect<{ revision: number; changes: Change[] }>(200, 'PATCH', `${path}/draft`, other)
      const member = field.replace(/\[\].*$/, '')
      const changed = (changes: Change[]) => changes.some((change) => change.field === member || change.field.startsWith(`${member}.`))
      assert.ok(changed(draft.changes), `${field}: ${JSON.stringify(draft.changes)}`)
      const release = await gateway.api.expect<{ number: number; changes: Change[] }>(201, 'POST', `${path}/releases`, {
        revision: draft.revision,
        override: ['upstream_dead', 'unpayable', 'checks_failed'],
      })
      assert.ok(changed(release.changes), field)
      const back = await gateway.api.expect<{ changes: Change[] }>(200, 'POST', `${path}/rollback`, { release: begun })
      assert.ok(changed(back.changes), field)
      await gateway.api.expect(204, 'DELETE', path)
    }
  })
})

interface Change {
  field: string
}
