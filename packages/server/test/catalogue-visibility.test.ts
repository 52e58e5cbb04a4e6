import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openServer } from '../src/start/start.ts'
import { folderWith, opened } from './support/server.ts'
import { add, done, list, look, namesOf } from './support/catalogue.ts'

test('nothing is public that was not said to be; whoever has a key sees what is for organizations', async (t) => {
  const server = await opened(t)
  const { key } = await server.customer()
  await add(server, 'quiet')
  await add(server, 'open')
  await list(server, 'open', { visibility: 'public' })
  assert.deepEqual(await namesOf(server), ['open'])
  assert.deepEqual(await namesOf(server, '', key), ['open', 'quiet'])
  assert.doesNotMatch(await (await look(server, '/catalogue')).text(), /quiet/)
  assert.match(await (await look(server, '/catalogue', key)).text(), /quiet/)
})

test('what one may not see answers like what is not there: page, data and document', async (t) => {
  const server = await opened(t)
  const { key } = await server.customer()
  await add(server, 'hidden')
  await list(server, 'hidden', { visibility: 'invitation' })
  const shape = async (path: string, credential?: string) => {
    const answer = await look(server, path, credential)
    const { code, detail, status } = (await answer.json()) as Record<string, unknown>
    const headers = ['cache-control', 'vary', 'content-type', 'faregate-denial'].map((name) =>
      answer.headers.get(name)?.replace(/dn_\w+/, 'dn_'),
    )
    return { code, detail, status, headers }
  }
  for (const suffix of ['', '.json', '/openapi.json']) {
    for (const credential of [undefined, key]) {
      const hidden = await shape(`/catalogue/hidden${suffix}`, credential)
      assert.equal(hidden.status, 404)
      assert.deepEqual(hidden, await shape(`/catalogue/nothing${suffix}`, credential))
    }
  }
  assert.deepEqual(await namesOf(server, '?q=hidden', key), [])
})

test('an invitation, a plan, and the token of an organization open it; what does not serve any more closes it', async (t) => {
  const server = await opened(t)
  const [invited, entitled, neither] = [await server.customer(), await server.customer(), await server.customer()]
  await add(server, 'hidden')
  await list(server, 'hidden', { visibility: 'invitation', invited: [invited.organization] })
  await done(server, 'POST', '/api/plans', { name: 'all', price: '0', period: 'free', apis: ['hid*'] })
  const bought = await done(server, 'POST', `/api/organizations/${entitled.organization}/subscriptions`, { plan: 'all' })
  const token = async (organization?: string, permissions = ['usage:read']) =>
    String(
      (await done(server, 'POST', '/api/tokens', { name: 'token', permissions, ...(organization === undefined ? {} : { organization }) }))[
        'token'
      ],
    )
  const sees = async (credential: string) => (await look(server, '/catalogue/hidden', credential)).status === 200
  assert.deepEqual(
    [await sees(invited.key), await sees(entitled.key), await sees(neither.key), await sees(server.token)],
    [true, true, false, true],
  )
  assert.deepEqual([await sees(await token(invited.organization)), await sees(await token(neither.organization))], [true, false])
  assert.deepEqual([await sees(await token(undefined, ['apis:read'])), await sees(await token())], [true, false])
  await done(server, 'POST', `/api/subscriptions/${String(bought['id'])}/events`, { event: 'pause' })
  assert.equal(await sees(entitled.key), false)
  await list(server, 'hidden', { invited: [] })
  assert.equal(await sees(invited.key), false)
})

test('a credential that opens nothing is told so, whatever is asked for', async (t) => {
  const server = await opened(t)
  const { key, id } = await server.customer()
  const elsewhere = await server.customer({ addresses: ['10.0.0.0/8'] })
  await add(server, 'open')
  await list(server, 'open', { visibility: 'public' })
  await done(server, 'DELETE', `/api/keys/${id}`)
  for (const credential of ['fg_nothing', 'fgm_nothing', 'fgo_nothing', key, elsewhere.key]) {
    for (const path of ['/catalogue', '/catalogue.json', '/catalogue/open', '/catalogue/nothing']) {
      const answer = await look(server, path, credential)
      assert.equal(answer.status, 401, `${path} with ${credential}`)
      assert.equal(((await answer.json()) as { code: string }).code, 'credential_invalid')
    }
  }
})

test('what is shown to a key is not kept for others', async (t) => {
  const server = await opened(t)
  const { key } = await server.customer()
  await add(server, 'open')
  await list(server, 'open', { visibility: 'public' })
  for (const path of ['/catalogue', '/catalogue.json', '/catalogue/open', '/catalogue/open.json']) {
    const [anybody, somebody] = [await look(server, path), await look(server, path, key)]
    assert.equal(anybody.headers.get('cache-control'), 'no-cache', path)
    assert.equal(somebody.headers.get('cache-control'), 'private, no-store', path)
    assert.match(somebody.headers.get('vary') ?? '', /authorization/, path)
  }
})

test('the configuration file invites organizations by their ids', async (t) => {
  const before = await opened(t)
  const [invited, other] = [await before.customer(), await before.customer()]
  await before.close()
  const listing = { visibility: 'invitation', invited: [invited.organization] }
  const routes = [{ method: 'GET', path: '/', free: true }]
  const { config = '' } = folderWith(t, {
    apis: { filed: { prefix: '/filed', upstream: { baseUrl: 'http://inner.example' }, routes, listing } },
  })
  const server = await openServer({ data: before.directory, port: 0, config, drainSeconds: 1 }, {}, { write: () => true })
  t.after(() => server.close())
  const status = async (key: string) => (await look(server, '/catalogue/filed', key)).status
  assert.deepEqual([await status(invited.key), await status(other.key)], [200, 404])
})

test('what takes the place of an API is named to those who may see that', async (t) => {
  const server = await opened(t)
  const { key, organization } = await server.customer()
  await add(server, 'old')
  await add(server, 'next-secret')
  await list(server, 'old', { visibility: 'public' })
  await list(server, 'next-secret', { visibility: 'invitation' })
  await done(server, 'POST', '/api/apis/old/deprecate', { successor: 'next-secret' })
  const told = async (credential?: string) => {
    const [page, data] = [await look(server, '/catalogue/old', credential), await look(server, '/catalogue/old.json', credential)]
    const text = `${await page.text()} ${await data.text()}`
    assert.match(text, /"state":"deprecated"/)
    return text.includes('next-secret')
  }
  assert.deepEqual([await told(), await told(key)], [false, false])
  await list(server, 'next-secret', { invited: [organization] })
  assert.deepEqual([await told(), await told(key), await told(server.token)], [false, true, true])
})
