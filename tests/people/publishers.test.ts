import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { actAs } from '../support/act-as.ts'
import { ManagementApi } from '../support/api.ts'
import { faregate, type Ran } from '../support/cli.ts'
import { nano } from '../support/decimal.ts'
import { ENGINES } from '../support/engines.ts'
import { startGateway, type Customer, type Gateway } from '../support/gateway.ts'
import { header, json, send, type Answer } from '../support/http.ts'
import { startUpstream, type Upstream } from '../support/upstream.ts'
import { PRICE, world } from './world.ts'

const SERVED = '{"sunny":true}'

for (const { name: engineName, skip, block } of ENGINES) {
  describe(
    `an organization that publishes, on ${engineName}`,
    { skip },
    block((engine) => {
      const made = world(engine, { other: { price: PRICE } }, (upstream) => {
        upstream.on('', ({ response }) => response.writeHead(200, { 'content-type': 'application/json' }).end(SERVED))
        return { publishing: { networks: ['127.0.0.0/8'] } }
      })
      let publisher: Customer
      let token: string
      before(async () => {
        publisher = await made.gateway.customer()
        token = await actAs('publisher', made.gateway, publisher)
      })

      /** Runs a command as the publisher. */
      async function published(...words: string[]): Promise<Ran> {
        const ran = await faregate(words, made.gateway, { FAREGATE_TOKEN: token })
        assert.equal(ran.code, 0, `${words.join(' ')}: ${ran.stderr}`)
        return ran
      }

      const call = ({ key }: Customer, path: string): Promise<Answer> =>
        send(made.gateway.url + path, { headers: { authorization: `Bearer ${key}` } })

      const balanceOf = async ({ organization }: Customer) => nano((await made.gateway.api.balance(organization)).available)

      test('takes an API from the first draft to its retirement by the command line, with its role alone', async () => {
        await published('api', 'add', 'maps', made.upstream.url, '--route', 'GET /{city} 0.02')
        const customer = await made.gateway.customer('1.00')
        assert.equal((await call(customer, '/maps/rome')).text, SERVED)
        assert.equal(await balanceOf(customer), nano('0.98'), 'the money goes where all money goes: to the operator')
        await published('api', 'edit', 'maps', '--price', 'GET /{city} 0.05')
        await published('api', 'publish', 'maps', '--override', 'unpayable')
        await published('api', 'test', 'maps')
        await published('api', 'deprecate', 'maps')
        assert.ok(header(await call(customer, '/maps/rome'), 'deprecation') !== undefined)
        assert.equal(await balanceOf(customer), nano('0.93'))
        await published('api', 'retire', 'maps')
        assert.deepEqual([json(await call(customer, '/maps/rome'))['code']], ['api_retired'])
        assert.match((await published('api', 'list')).stdout, /maps/)
        await made.gateway.api.verify()
      })

      test('has nobody charged who did not send a key: neither by a token that it believes, nor for callers without any', async () => {
        const own = new ManagementApi(made.gateway.url, token)
        const stranger = await made.gateway.customer('1.00')
        const service = { name: 'trap', upstream: { baseUrl: made.upstream.url }, routes: [{ method: 'GET', path: '/a', price: '0.01' }] }
        const ways = {
          public: { as: stranger.keyId },
          jwt: { issuer: 'https://issuer.example', audience: ['trap'], jwksUrl: 'https://issuer.example/keys', as: stranger.keyId },
        }
        for (const [way, terms] of Object.entries(ways)) {
          const authentication = { [way]: terms }
          const refused = await own.call('POST', '/api/apis', { ...service, authentication })
          assert.deepEqual([refused.status, json(refused)['pointer']], [400, `/authentication/${way}`], refused.text)
        }
        await own.expect(201, 'POST', '/api/apis', service)
        const later = await own.call('PATCH', '/api/apis/trap', { authentication: { public: ways.public } })
        assert.equal(later.status, 400, later.text)
        await own.expect(200, 'PATCH', '/api/apis/trap/draft', { authentication: { public: ways.public } })
        const { revision } = await own.expect<{ revision: number }>(200, 'GET', '/api/apis/trap/draft')
        const released = await own.call('POST', '/api/apis/trap/releases', { revision, override: ['unpayable'] })
        assert.equal(released.status, 400, released.text)
      })

      test('sells it by a plan, and approves, rejects and revokes who has it', async () => {
        await published('api', 'add', 'tides', made.upstream.url, '--route', 'GET /{city} 0.02')
        await published(
          'plan',
          'create',
          'sailors',
          '--price',
          '0.10',
          '--api',
          'tides',
          '--api-quota',
          'tides:2',
          '--price-factor',
          '0',
          '--exclusive',
          '--approval',
        )
        const customer = await made.gateway.customer('1.00')
        const asking = await call(customer, '/tides/brest')
        assert.deepEqual([asking.status, json(asking)['code']], [403, 'approval_required'])
        const path = `/api/organizations/${customer.organization}/subscriptions`
        const { id } = await made.gateway.api.expect<{ id: string }>(201, 'POST', path, { plan: 'sailors', reason: 'we sail' })
        assert.equal(json(await call(customer, '/tides/brest'))['code'], 'approval_pending')
        assert.match((await published('plan', 'subscriptions', 'sailors')).stdout, new RegExp(`${id}.*pending.*we sail`))
        await published('subscription', 'approve', id)
        for (const status of [200, 200, 429]) assert.equal((await call(customer, '/tides/brest')).status, status)
        assert.equal(await balanceOf(customer), nano('0.90'), 'the price of the plan, and nothing for what it includes')
        await published('subscription', 'revoke', id, '--reason', 'you resell it')
        const revoked = json(await call(customer, '/tides/brest'))
        assert.equal(revoked['code'], 'approval_rejected')
        assert.match(String(revoked['detail']), /you resell it/)
        await made.gateway.api.verify()
      })

      test('publishes no way around what a model costs: its prompts are charged and sold as their model is', async () => {
        const model = { name: 'reserved', deployments: [{ provider: 'fake', model: 'plain' }], price: PRICE }
        await made.gateway.api.expect(201, 'POST', '/api/models', model)
        const all = { name: 'all-apis', price: '0', period: 'free', apis: ['*'], priceFactor: '0' }
        await made.gateway.api.expect(201, 'POST', '/api/plans', all)
        await made.gateway.api.expect(201, 'POST', '/api/plans', {
          name: 'own',
          price: '5.00',
          period: 'month',
          models: ['reserved'],
          exclusive: true,
        })
        const own = new ManagementApi(made.gateway.url, token)
        for (const one of ['plain', 'reserved']) {
          const prompt = { model: one, user: '{{text}}', variables: { text: { type: 'string' } }, maxTokens: 10 }
          await own.expect(201, 'POST', '/api/apis', { name: `ask-${one}`, prompt })
        }
        const customer = await made.gateway.customer('1.00')
        await made.gateway.api.expect(201, 'POST', `/api/organizations/${customer.organization}/subscriptions`, { plan: 'all-apis' })
        const ask = (name: string) =>
          send(`${made.gateway.url}/${name}`, {
            method: 'POST',
            body: { text: 'hello' },
            headers: { authorization: `Bearer ${customer.key}` },
          })
        const served = await ask('ask-plain')
        assert.equal(served.status, 200, served.text)
        assert.equal(await balanceOf(customer), nano('0.99'), 'although a plan of the operator gives every API away')
        const refused = await ask('ask-reserved')
        assert.deepEqual([refused.status, json(refused)['code']], [402, 'plan_upgrade_required'], refused.text)
      })
    }),
  )
}

describe('what an organization publishes', () => {
  let inside: Gateway
  let customer: Customer
  let own: ManagementApi
  let upstream: Upstream
  before(async () => {
    upstream = await startUpstream()
    upstream.on('', ({ response }) => response.end('secret'))
    inside = await startGateway({})
    customer = await inside.customer('1.00')
    own = new ManagementApi(inside.url, await actAs('publisher', inside, customer))
  })
  after(async () => {
    await inside?.stop()
    await upstream?.close()
  })

  const routes = [{ method: 'GET', path: '/*', price: '0.01' }]

  test('names no address within the network of the operator', async () => {
    for (const host of ['127.0.0.1', '10.0.0.1', '169.254.169.254', '[::1]']) {
      const answer = await own.call('POST', '/api/apis', { name: 'inner', upstream: { baseUrl: `http://${host}:8000` }, routes })
      assert.deepEqual([answer.status, json(answer)['pointer']], [400, '/upstream/baseUrl'], answer.text)
    }
    const oauth = { tokenUrl: 'http://127.0.0.1:8000/token', clientId: 'c', clientSecret: 's' }
    const answer = await own.call('POST', '/api/apis', { name: 'inner', upstream: { baseUrl: 'https://service.example', oauth }, routes })
    assert.deepEqual([answer.status, json(answer)['pointer']], [400, '/upstream/oauth/tokenUrl'], answer.text)
  })

  test('reaches none by a name either: neither its calls, nor its test, nor its checks, nor its doctor', async () => {
    const health = { check: { path: '/', intervalMs: 1_000, timeoutMs: 100 } }
    const byName = { baseUrl: upstream.url.replace('127.0.0.1', 'localhost') }
    await own.expect(201, 'POST', '/api/apis', { name: 'named', upstream: byName, routes, health })
    const refused = await send(`${inside.url}/named/x`, { headers: { authorization: `Bearer ${customer.key}` } })
    assert.ok([502, 503].includes(refused.status), refused.text)
    assert.ok(!refused.text.includes('localhost'))
    const tested = await own.expect<{ ok: boolean }>(200, 'POST', '/api/apis/named/test', {})
    assert.equal(tested.ok, false)
    await own.expect(200, 'PATCH', '/api/apis/named/draft', { retries: 0 })
    const doctor = await own.call('POST', '/api/apis/named/releases', { revision: 1, override: ['unsold', 'unpayable'] })
    assert.match(doctor.text, /upstream_dead/)
    assert.equal(upstream.callsOf('').length, 0)
    assert.equal((await inside.api.balance(customer.organization)).available, '1.00')
    await inside.api.expect(201, 'POST', '/api/apis', { name: 'operators', upstream: byName, routes })
    const served = await send(`${inside.url}/operators/x`, { headers: { authorization: `Bearer ${customer.key}` } })
    assert.equal(served.text, 'secret', 'what the operator publishes may be anywhere')
  })
})
