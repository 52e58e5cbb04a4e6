import assert from 'node:assert/strict'
import { afterEach, describe, test } from 'node:test'
import { limitRules } from '@faregate/core'
import type { MockDirectory } from '@faregate/gateway'
import { openWorld, problemOf, type World, type WorldOptions } from './support/world.ts'

type Answers = NonNullable<Awaited<ReturnType<MockDirectory['find']>>>['answer']

let world: World
afterEach(() => world.close())

async function open(answer: Answers, options: WorldOptions = {}): Promise<World> {
  world = await openWorld({ ...options, mocks: { find: async (api) => (api === 'weather' ? { answer } : undefined) } })
  return world
}

describe('a call of a mock', () => {
  test('says which document is meant and what is preferred, and has what the mock answers', async () => {
    const asked: unknown[] = []
    world = await openWorld({
      mocks: {
        find: async (api, document) => {
          asked.push(api, document)
          return {
            answer: (...call) => {
              asked.push(...call)
              return { status: 503, type: 'text/plain', body: 'no' }
            },
          }
        },
      },
    })
    const answer = await world.get('/mock/weather/a', { prefer: 'code=503, document="doc_1"; example=x' })
    assert.deepEqual([answer.status, await answer.text()], [503, 'no'])
    assert.deepEqual(asked, ['weather', 'doc_1', 'GET', '/a', { code: '503', example: 'x' }])
  })

  test('has no length where there cannot be a body', async () => {
    await open(() => ({ status: 204 }))
    const answer = await world.get('/mock/weather/a')
    assert.deepEqual([answer.status, answer.headers.get('content-length')], [204, null])
  })

  test('is held to the limits of its key before anything is looked for', async () => {
    let answered = 0
    const limits = limitRules('org_acme', { level: 'key', id: 'key_1' }, [{ kind: 'requests', amount: 1, per: 'day' }])
    await open(() => ({ status: 200 + answered++ }), { key: { limits } })
    assert.equal((await world.get('/mock/weather/a')).status, 200)
    const refused = await world.get('/mock/weather/a')
    assert.deepEqual([refused.status, (await problemOf(refused)).code, answered], [429, 'rate_limited', 1])
  })

  test('is told that the database is away only where it is', async (t) => {
    world = await openWorld({ mocks: { find: () => Promise.reject(new Error('the database is locked')) } })
    assert.equal((await problemOf(await world.get('/mock/weather/a'))).code, 'ledger_unavailable')
    await world.close()
    t.mock.method(console, 'error', () => undefined)
    await open(() => {
      throw new Error('a mistake of ours')
    })
    assert.equal((await problemOf(await world.get('/mock/weather/a'))).code, 'gateway_misconfigured')
  })
})
