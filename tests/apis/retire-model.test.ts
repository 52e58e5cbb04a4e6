import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { header, json, send } from '../support/http.ts'

describe('a model that goes', () => {
  let gateway: Gateway
  let customer: Customer

  before(async () => {
    gateway = await startGateway()
    customer = await gateway.customer('5.00')
    const deployments = [{ provider: 'demo', model: 'demo' }]
    for (const name of ['old', 'new'])
      await gateway.api.expect(201, 'POST', '/api/models', { name, deployments, price: { input: '1', output: '1' } })
  })
  after(() => gateway?.stop())

  const chat = (stream = false) =>
    gateway.chat(customer.key, { model: 'old', max_tokens: 5, stream, messages: [{ role: 'user', content: 'Hello' }] })
  const goes = (retirement: object | null) => gateway.api.expect(200, 'PATCH', '/api/models/old', { retirement })
  const listed = async (): Promise<string[]> => {
    const answer = await send(`${gateway.url}/v1/models`, { headers: { authorization: `Bearer ${customer.key}` } })
    return (json(answer)['data'] as { id: string }[]).map(({ id }) => id)
  }

  test('that is deprecated is served, whole and as a stream, and says until when, and where to go', async () => {
    assert.equal(header(await chat(), 'deprecation'), undefined)
    const sunset = new Date(Date.now() + 86_400_000).toISOString()
    await goes({ state: 'deprecated', sunset, successor: 'new' })
    for (const stream of [false, true]) {
      const answer = await chat(stream)
      assert.equal(answer.status, 200, answer.text)
      assert.match(header(answer, 'deprecation') ?? '', /^@\d+$/)
      assert.equal(header(answer, 'faregate-notice'), 'model_deprecated')
      assert.equal(header(answer, 'sunset'), new Date(sunset).toUTCString())
      assert.equal(header(answer, 'link'), `<${gateway.url}/v1/models/new>; rel="successor-version"`)
    }
    assert.ok((await listed()).includes('old'))
  })

  test('that is retired is refused with its successor, and is in no list; a change of something else keeps that', async () => {
    await goes({ state: 'retired' })
    await gateway.api.expect(200, 'PATCH', '/api/models/old', { maxOutput: 10 })
    const refused = await chat()
    assert.deepEqual([refused.status, json(refused)['code'], json(refused)['successor']], [410, 'model_retired', 'new'])
    assert.ok(!(await listed()).includes('old'))
  })

  test('that is put back in service is served as before', async () => {
    await goes(null)
    const answer = await chat()
    assert.deepEqual([answer.status, header(answer, 'deprecation')], [200, undefined])
  })

  test('takes no successor that is not there or is retired itself, and no end that has passed', async () => {
    await gateway.api.expect(200, 'PATCH', '/api/models/new', { retirement: { state: 'retired' } })
    for (const [retirement, pointer] of [
      [{ state: 'retired', successor: 'nothing' }, '/retirement/successor'],
      [{ state: 'retired', successor: 'old' }, '/retirement/successor'],
      [{ state: 'retired', successor: 'new' }, '/retirement/successor'],
      [{ state: 'deprecated', sunset: '2020-01-01T00:00:00Z' }, '/retirement/sunset'],
    ] as const) {
      const refused = await gateway.api.call('PATCH', '/api/models/old', { retirement })
      assert.deepEqual([refused.status, json(refused)['pointer']], [400, pointer], refused.text)
    }
  })
})
