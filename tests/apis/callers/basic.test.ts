import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { header, json } from '../../support/http.ts'
import { recordOf, refusalOf } from '../world.ts'
import { callers } from './world.ts'

const basic = (name: string, password: string) => ({ authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}` })

describe('callers with a name and a password', () => {
  const made = callers()

  test('are served as the key that is the password, by its id or that of its application, and nothing of it goes further', async () => {
    const { call, got } = await made.api({ authentication: { basic: {} }, identity: { headers: { subject: 'x-subject' } } })
    const { key, keyId, application } = made.customer
    for (const name of [keyId, application]) {
      const answer = await call('/named', { headers: basic(name, key) })
      assert.equal(answer.status, 200)
      assert.equal((await recordOf(made, answer)).key, keyId)
      assert.deepEqual([got('/named').headers['x-subject'], got('/named').headers['authorization']], [name, undefined])
    }
  })

  test('a name that is not that of the key, a password that is no key, and what is neither are refused, each for what it is', async () => {
    const { call, name } = await made.api({ authentication: { basic: {} } })
    const other = await made.gateway.customer('1.00')
    for (const [sent, hint] of [
      [basic(other.keyId, made.customer.key), /name is neither/],
      [basic('', made.customer.key), /name is neither/],
      [basic(other.keyId, 'hunter2'), /password is no key/],
      [{ authorization: 'Basic bm9jb2xvbg==' }, /holds no name and password/],
      [{ authorization: 'Basic' }, /holds no name and password/],
    ] as const) {
      const answer = await call('/wrong', { headers: sent })
      assert.match(String(refusalOf(answer, 401, 'credential_invalid')['hint']), hint)
      assert.equal(header(answer, 'www-authenticate'), `Basic realm="${name}", charset="UTF-8"`)
    }
    assert.equal(made.service.callsOf('/wrong').length, 0)
  })

  test('several ways at once: each is taken, all are told, and one that is not chosen is not', async () => {
    const { call } = await made.api({ authentication: { basic: { realm: 'the shop' }, key: {} } })
    const { key, keyId } = made.customer
    assert.equal((await call('/both', { headers: basic(keyId, key) })).status, 200)
    assert.equal((await call('/both', { headers: { authorization: `Bearer ${key}` } })).status, 200)
    const answer = await call('/both')
    assert.match(String(json(answer)['detail']), /Basic.*; or a key/)
    assert.match(header(answer, 'www-authenticate') ?? '', /^Basic realm="the shop", charset="UTF-8", Bearer realm=/)
    const alone = await made.api({ authentication: { basic: {} } })
    refusalOf(await alone.call('/both', { headers: { authorization: `Bearer ${key}` } }), 401, 'credential_missing')
  })
})
