import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { faregate } from '../support/cli.ts'
import { header, json, send, type Answer } from '../support/http.ts'
import { BODY, startWorld, type World } from './world.ts'

interface Alternative {
  model: string
  hold: string
}

describe('what a refusal offers and tells', () => {
  let world: World

  before(async () => {
    world = await startWorld()
    for (const [name, output] of Object.entries({ half: '500', tenth: '100' })) await addModel(name, output)
  })
  after(async () => {
    await world?.stop()
  })

  const addModel = (name: string, output: string) =>
    world.gateway.api.expect(201, 'POST', '/api/models', {
      name,
      deployments: [{ provider: 'fake', model: 'plain' }],
      price: { input: '0', output },
    })

  const alternativesOf = (answer: Answer): Alternative[] => (json(answer)['alternatives'] ?? []) as Alternative[]

  /** The first is taken, as a client would, and what is held for it is what was said. */
  async function takeFirst(key: string, refused: Answer): Promise<Alternative> {
    const [first] = alternativesOf(refused)
    assert.ok(first, refused.text)
    const { hold } = await world.gateway.explain(key, { ...BODY, model: first.model })
    assert.equal(first.hold, hold)
    const again = await world.gateway.chat(key, { ...BODY, model: first.model })
    assert.equal(again.status, 200, again.text)
    return first
  }

  test('insufficient_balance: the models that the balance covers, and the first of them serves the same request', async () => {
    const { key } = await world.gateway.customer('0.006', { models: ['plain', 'half', 'tenth'] })
    const refused = await world.gateway.chat(key, BODY)
    assert.equal(json(refused)['code'], 'insufficient_balance')
    assert.deepEqual(alternativesOf(refused), [
      { model: 'half', hold: '0.005' },
      { model: 'tenth', hold: '0.001' },
    ])
    await takeFirst(key, refused)
  })

  test('plan_upgrade_required: what the plan and the balance serve, the plans with what is due now, and the first alternative serves', async () => {
    const { api } = world.gateway
    await addModel('sold', '1000')
    const free = { price: '0', period: 'free', models: ['half'] }
    await api.expect(201, 'POST', '/api/plans', { ...free, name: 'starter' })
    await api.expect(201, 'POST', '/api/plans', { name: 'grown', price: '3.00', period: 'month', models: ['sold'], exclusive: true })
    const { key, organization } = await world.gateway.customer('1.00', { models: ['sold', 'half', 'tenth'] })
    await api.expect(201, 'POST', `/api/organizations/${organization}/subscriptions`, { plan: 'starter' })
    const refused = await world.gateway.chat(key, { ...BODY, model: 'sold' })
    const { code, plans } = json(refused) as { code: string; plans: { plan: string; price: string; dueNow: string }[] }
    assert.equal(code, 'plan_upgrade_required')
    assert.deepEqual([plans[0]?.plan, plans[0]?.price], ['grown', '3.00'])
    assert.equal((await takeFirst(key, refused)).model, 'half')
  })

  test('a feature outside the plan: an upgrade where another plan has it, else it is not for sale; without it the request is served', async () => {
    const { api } = world.gateway
    await addModel('chats', '1000')
    const plan = { price: '0', period: 'free', models: ['chats'], exclusive: true }
    await api.expect(201, 'POST', '/api/plans', { ...plan, name: 'whole-answers', features: ['chat'] })
    const { key, organization } = await world.gateway.customer('1.00')
    await api.expect(201, 'POST', `/api/organizations/${organization}/subscriptions`, { plan: 'whole-answers' })
    const body = { ...BODY, model: 'chats' }
    assert.equal((await world.gateway.chat(key, body)).status, 200)
    assert.equal((await world.gateway.chat(key, { ...body, tools: [] })).status, 200, 'no tools are none')
    const unsold = await world.gateway.chat(key, { ...body, stream: true })
    assert.deepEqual([unsold.status, json(unsold)['code'], json(unsold)['required']], [403, 'not_entitled', ['feature:streaming']])
    const tools = [{ type: 'function', function: { name: 'f', parameters: {} } }]
    assert.deepEqual(json(await world.gateway.chat(key, { ...body, tools }))['required'], ['feature:tools'])
    await api.expect(201, 'POST', '/api/plans', { ...plan, name: 'streams', features: ['chat', 'streaming'] })
    const sold = await world.gateway.chat(key, { ...body, stream: true })
    assert.deepEqual([sold.status, json(sold)['code']], [402, 'plan_upgrade_required'])
    const [fix] = json(sold)['fixes'] as { command: string }[]
    const ran = await faregate(String(fix?.command).split(' ').slice(1), world.gateway)
    assert.equal(ran.code, 0, ran.stderr)
    assert.equal((await world.gateway.chat(key, { ...body, stream: true })).status, 200)
  })

  test('disclosure: a refusal, and its look-up by the key, tell as much as the organization lets them; the operator and its members all', async () => {
    const { api, url, token } = world.gateway
    const { key, organization } = await world.gateway.customer('0.000001')
    const member = await api.expect<{ token: string }>(201, 'POST', '/api/tokens', {
      name: 'own',
      organization,
      permissions: ['denials:read', 'organizations:write'],
    })
    for (const [disclosure, fixes, amounts, traced] of [
      ['code', false, false, false],
      ['fixes', true, false, false],
      ['amounts', true, true, false],
      ['trace', true, true, true],
    ] as const) {
      const set = await send(`${url}/api/organizations/${organization}`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${member.token}` },
        body: { disclosure },
      })
      assert.equal(set.status, 200, set.text)
      const refused = await world.gateway.chat(key, BODY)
      assert.equal(refused.status, 402)
      const told = (text: string): boolean[] => ['"fixes"', '"shortfall"', '"trace"'].map((name) => text.includes(name))
      assert.deepEqual(told(refused.text), [fixes, amounts, traced], disclosure)
      assert.equal(/0\.0\d/.test(refused.text), amounts, refused.text)
      assert.equal(header(refused, 'faregate-denial')?.includes('scope='), fixes)
      const look = async (who: string, path: string) => {
        const found = await send(`${url}${path}/${String(json(refused)['denialId'])}`, { headers: { authorization: `Bearer ${who}` } })
        assert.equal(found.status, 200, found.text)
        return json(found) as { problem: object; trace: unknown[] }
      }
      const own = await look(key, '/denials')
      assert.deepEqual([told(JSON.stringify(own.problem)).slice(0, 2), own.trace.length > 0], [[fixes, amounts], amounts])
      for (const [who, path] of [
        [token, '/denials'],
        [token, '/api/denials'],
        [member.token, '/api/denials'],
      ] as const) {
        const whole = await look(who, path)
        assert.deepEqual([told(JSON.stringify(whole.problem)).slice(0, 2), whole.trace.length > 0], [[true, true], true])
      }
    }
  })

  test("prices are the operator's to set: an organization's own token does not", async () => {
    const { api, url } = world.gateway
    const organization = await api.organization('Own')
    const own = await api.expect<{ token: string }>(201, 'POST', '/api/tokens', {
      name: 'own',
      organization,
      permissions: ['organizations:write'],
    })
    for (const body of [{ priceFactor: '0' }, { prices: [{ models: '*', factor: '0' }] }]) {
      const refused = await send(`${url}/api/organizations/${organization}`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${own.token}` },
        body,
      })
      assert.deepEqual([refused.status, json(refused)['code']], [403, 'permission_denied'])
    }
    for (const prices of [[{ models: '*' }], [{ models: '*', factor: '1', price: { input: '1' } }], [{ models: '*', price: {} }]]) {
      const refused = await api.call('PATCH', `/api/organizations/${organization}`, { prices })
      assert.deepEqual([refused.status, String(json(refused)['pointer']).startsWith('/prices/0')], [400, true], refused.text)
    }
  })

  test('what is charged by terms, and what the provider takes, stand beside each other in the record', async () => {
    const { api } = world.gateway
    await api.expect(201, 'POST', '/api/prices', { provider: 'fake', model: 'plain', price: { input: '0', output: '200' } })
    const { key, organization } = await world.gateway.customer('1.00')
    await api.expect(200, 'PATCH', `/api/organizations/${organization}`, {
      priceFactor: '0.5',
      prices: [{ models: 'half', price: { output: '70', input: '0' } }],
    })
    const charged = async (model: string) => {
      const record = await api.record(header(await world.gateway.chat(key, { ...BODY, model }), 'x-request-id') ?? '')
      return [record.cost, record.providerCost, record.priceVersion?.replace(/[0-9a-f]{12}/, '…')]
    }
    assert.deepEqual(await charged('plain'), ['0.0025', '0.001', 'model:…*org:0.5'])
    assert.deepEqual(await charged('half'), ['0.00035', '0.001', 'org:…'])
  })
})
