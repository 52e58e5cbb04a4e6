import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startGateway } from '../../support/gateway.ts'
import { header, json, send, type Answer, type Sent } from '../../support/http.ts'
import { recordOf, refusalOf } from '../world.ts'
import { callers } from './world.ts'

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const bearer = (token: unknown) => ({ headers: { authorization: `Bearer ${String(token)}` } })
const basic = (id: string, secret: string) => ({ authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` })

describe('callers with an access token of the gateway', () => {
  const made = callers()
  const ask = (form: Record<string, string>, headers: Sent['headers'] = {}): Promise<Answer> =>
    send(`${made.gateway.url}/api/oauth/token`, { body: new URLSearchParams(form).toString(), headers: { ...FORM, ...headers } })
  const tokenOf = async ({ keyId, key }: { keyId: string; key: string }): Promise<string> =>
    String(json(await ask({ grant_type: 'client_credentials', client_id: keyId, client_secret: key }))['access_token'])

  test('get it for the id of a key or of its application, in either way of RFC 6749, and are served as that key', async () => {
    const { call, got } = await made.api({ authentication: { oauth: {} } })
    const { key, keyId, application } = made.customer
    for (const [form, headers] of [
      [{ client_id: keyId, client_secret: key }, {}],
      [{ client_id: application, client_secret: key }, {}],
      [{}, basic(keyId, key)],
    ] as const) {
      const given = await ask({ grant_type: 'client_credentials', ...form }, headers)
      assert.equal(given.status, 200, given.text)
      assert.equal(header(given, 'cache-control'), 'no-store')
      const { access_token: token, token_type: type, expires_in: seconds } = json(given)
      assert.deepEqual([type, seconds], ['Bearer', 900])
      const answer = await call('/given', bearer(token))
      assert.equal((await recordOf(made, answer)).key, keyId)
      assert.equal(got('/given').headers['authorization'], undefined)
    }
  })

  test('what is asked for in another way is refused in the words of RFC 6749', async () => {
    const { key, keyId } = made.customer
    const disabled = await made.gateway.customer()
    await made.gateway.api.expect(200, 'PATCH', `/api/keys/${disabled.keyId}`, { enabled: false })
    for (const [form, status, error] of [
      [{ client_id: keyId, client_secret: key }, 400, 'invalid_request'],
      [{ grant_type: 'password', client_id: keyId, client_secret: key }, 400, 'unsupported_grant_type'],
      [{ grant_type: 'client_credentials' }, 401, 'invalid_client'],
      [{ grant_type: 'client_credentials', client_id: disabled.keyId, client_secret: key }, 401, 'invalid_client'],
      [{ grant_type: 'client_credentials', client_id: keyId, client_secret: 'guess' }, 401, 'invalid_client'],
      [{ grant_type: 'client_credentials', client_id: disabled.keyId, client_secret: disabled.key }, 401, 'invalid_client'],
    ] as const) {
      const answer = await ask(form)
      assert.deepEqual([answer.status, json(answer)['error']], [status, error])
      if (status === 401) assert.match(header(answer, 'www-authenticate') ?? '', /^Basic /)
    }
  })

  test('a token that was changed, and one of nobody, are refused', async () => {
    const { call } = await made.api({ authentication: { oauth: {} } })
    const token = await tokenOf(made.customer)
    const [body = '', mac] = token.split('.')
    const other = `fgt_${Buffer.from(Buffer.from(body.slice(4), 'base64url').toString().replace(/.$/, '9')).toString('base64url')}.${mac}`
    for (const text of [other, body, `${token}x`, 'fgt_'])
      assert.match(String(refusalOf(await call('/changed', bearer(text)), 401, 'credential_invalid')['hint']), /did not give it/)
  })

  test('a token is as good as its key is now: disabled, it opens nothing', async () => {
    const { call } = await made.api({ authentication: { oauth: {} } })
    const customer = await made.gateway.customer('1.00')
    const token = await tokenOf(customer)
    assert.equal((await call('/key', bearer(token))).status, 200)
    await made.gateway.api.expect(200, 'PATCH', `/api/keys/${customer.keyId}`, { enabled: false })
    refusalOf(await call('/key', bearer(token)), 401, 'key_disabled')
  })

  test('a token opens no API that does not take them, and a key none that takes them alone', async () => {
    const token = await tokenOf(made.customer)
    const keys = await made.api({})
    assert.match(String(json(await keys.call('/a', bearer(token)))['hint']), /access token/)
    const alone = await made.api({ authentication: { oauth: {} } })
    refusalOf(await alone.call('/a', bearer(made.customer.key)), 401, 'credential_missing')
  })

  test('where tokens are given is published (RFC 8414)', async () => {
    const answer = json(await send(`${made.gateway.url}/.well-known/oauth-authorization-server`))
    assert.deepEqual([answer['issuer'], answer['token_endpoint']], [made.gateway.url, `${made.gateway.url}/api/oauth/token`])
  })
})

test('an address that was wrong too often is not listened to for a while, right or wrong; others are', async (t) => {
  const gateway = await startGateway({ config: { trustedProxies: ['127.0.0.1'] } })
  t.after(() => gateway.stop())
  const { key, keyId } = await gateway.customer()
  const ask = (from: string, secret: string): Promise<Answer> => {
    const body = `grant_type=client_credentials&client_id=${keyId}&client_secret=${secret}`
    return send(`${gateway.url}/api/oauth/token`, { body, headers: { ...FORM, 'x-forwarded-for': from } })
  }
  for (let i = 0; i < 40; i++) assert.equal((await ask('192.0.2.1', key)).status, 200)
  const statuses = await Promise.all(Array.from({ length: 40 }, async () => (await ask('192.0.2.1', 'guess')).status))
  assert.deepEqual([statuses.filter((status) => status === 401).length, statuses.filter((status) => status === 429).length], [30, 10])
  const refused = await ask('192.0.2.1', key)
  assert.deepEqual([refused.status, json(refused)['error']], [429, 'slow_down'])
  assert.ok(Number(header(refused, 'retry-after')) <= 60)
  assert.equal((await ask('192.0.2.2', key)).status, 200)
})
