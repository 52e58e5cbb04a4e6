import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { Denial } from '../../core/src/index.ts'
import { Denied, requestLimit } from '../src/index.ts'
import { answering, problemOf, refusing, startLoopback, TOO_LITTLE, type Loopback } from './server.ts'

const SUBJECT = { kind: 'cap', level: 'key', id: 'key_1' }

/** A refusal by a cap; what it offers to ask at is somebody else's address. */
function capped(canYou: boolean): Denied {
  const fix = {
    kind: 'change_request',
    action: 'request_limit',
    by: 'caller',
    canYou,
    url: 'https://elsewhere.example/v1/limit-requests',
  } as const
  const denial: Denial = { code: 'cap_key', detail: 'The key has too little left.', fixes: [{ ...fix, body: { subject: SUBJECT } }] }
  return new Denied(problemOf(denial))
}

describe('asking for a higher limit', () => {
  let server: Loopback
  before(async () => {
    server = await startLoopback()
  })
  after(() => server.close())
  beforeEach(() => {
    server.got.length = 0
    server.replies.splice(0, 99, answering({ id: 'lr_1', state: 'open' }, 201))
  })

  test('sends what the refusal says, with a reason and a value, and the key to the gateway alone', async () => {
    const asked = await requestLimit(capped(true), 'a launch', { url: `${server.url}/base/`, key: 'fg_secret', value: '5.00' })
    assert.deepEqual([asked?.id, asked?.state], ['lr_1', 'open'])
    const [got] = server.got
    assert.deepEqual([got?.method, got?.path, got?.headers.authorization], ['POST', '/base/v1/limit-requests', 'Bearer fg_secret'])
    assert.deepEqual(JSON.parse(got?.body ?? ''), { subject: SUBJECT, reason: 'a launch', value: '5.00' })
  })

  test('asks nothing where the refusal offers nothing to ask for, or not to this key', async () => {
    for (const denied of [capped(false), new Denied(problemOf(TOO_LITTLE))]) {
      assert.equal(await requestLimit(denied, 'a launch', { url: server.url, key: 'fg_secret' }), undefined)
    }
    assert.deepEqual(server.got, [])
  })

  test('rejects with the refusal of the gateway', async () => {
    server.replies.splice(0, 99, refusing({ code: 'rate_limited', detail: '20 are open.', retryable: false }))
    await assert.rejects(
      requestLimit(capped(true), 'a launch', { url: server.url, key: 'fg_secret' }),
      (error) => error instanceof Denied && error.is('rate_limited'),
    )
  })
})
