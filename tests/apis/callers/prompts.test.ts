import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { WEATHER } from '../../../packages/lifecycle/test/openapi/documents.ts'
import { header, json, send, type Sent } from '../../support/http.ts'
import { promptWorld, TRANSLATE } from '../prompt-world.ts'
import { recordOf, refusalOf } from '../world.ts'
import { signed } from './sign.ts'

describe('callers of a prompt, and of a mock, prove who they are as its API says', () => {
  const made = promptWorld()
  const values = JSON.stringify({ text: 'Good morning', language: 'de' })
  const basic = () => ({ authorization: `Basic ${Buffer.from(`${made.customer.keyId}:${made.customer.key}`).toString('base64')}` })
  const ask = (sent: Sent) => send(`${made.gateway.url}/translate`, { method: 'POST', body: values, ...sent })

  before(async () => {
    await made.publish('translate', TRANSLATE, { authentication: { basic: {}, signature: {} } })
  })

  test('in the ways that it names, and in no other', async () => {
    const answer = await ask({ headers: basic() })
    assert.equal(answer.status, 200, answer.text)
    assert.equal((await recordOf(made, answer)).key, made.customer.keyId)
    const refused = await ask({ headers: { authorization: `Bearer ${made.customer.key}` } })
    refusalOf(refused, 401, 'credential_missing')
    assert.match(header(refused, 'www-authenticate') ?? '', /^Signature realm="translate", Basic realm="translate"/)
  })

  test('with a signature of exactly what is asked, each good for once; however large it is', async () => {
    const by = made.customer
    const headers = signed(by, { method: 'POST', path: '/translate', body: values })
    refusalOf(await ask({ headers, body: values.replace('morning', 'evening') }), 401, 'credential_invalid')
    assert.match(String(json(await ask({ headers }))['code']), /signature_replayed/)
    const large = JSON.stringify({ text: 'word '.repeat(20_000), language: 'de' })
    const answer = await ask({ headers: signed(by, { method: 'POST', path: '/translate', body: large }), body: large })
    assert.equal(answer.status, 200, answer.text.slice(0, 300))
    assert.equal((await recordOf(made, answer)).key, by.keyId)
  })

  test('its document says so, and is given to whoever proves it', async () => {
    const url = `${made.gateway.url}/translate/openapi.json`
    const answer = json(await send(url, { headers: basic() })) as { security: object[] }
    assert.deepEqual(answer.security, [{ basic: [] }, { signature: [] }])
    refusalOf(await send(url, { headers: { authorization: `Bearer ${made.customer.key}` } }), 401, 'credential_missing')
  })

  test('whoever sends nothing is served as the key that it names', async () => {
    await made.publish('translate', TRANSLATE, { authentication: { public: { as: made.customer.keyId } } })
    assert.equal((await recordOf(made, await ask({}))).key, made.customer.keyId)
    await made.publish('translate', TRANSLATE, { authentication: null })
    refusalOf(await ask({}), 401, 'credential_missing')
  })

  test('the mock of an API in force takes what the API takes; a draft that is not takes keys', async () => {
    const { api, url } = made.gateway
    await api.expect(200, 'POST', '/api/apis/weather/import', { document: WEATHER })
    const { documentId } = await api.expect<{ documentId: string }>(200, 'GET', '/api/apis/weather/draft')
    const mock = (headers: Record<string, string>) => send(`${url}/mock/weather/status`, { headers })
    const bearer = { authorization: `Bearer ${made.customer.key}` }
    assert.equal((await mock({ ...bearer, prefer: `document=${documentId}` })).status, 200)
    const { revision } = await api.expect<{ revision: number }>(200, 'PATCH', '/api/apis/weather/draft', {
      upstream: { baseUrl: made.upstream.url },
      prices: { '*': 'free' },
      authentication: { basic: {} },
    })
    await api.expect(201, 'POST', '/api/apis/weather/releases', { revision, override: ['upstream_dead'] })
    assert.equal((await mock(basic())).status, 200)
    refusalOf(await mock(bearer), 401, 'credential_missing')
  })
})
