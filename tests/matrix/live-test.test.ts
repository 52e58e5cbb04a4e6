import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { PROVIDERS } from './providers.ts'
import { startWorld, stopWorld, type World } from './world.ts'

interface Tested {
  ok: boolean
  message: string
  status: number | null
  model: string | null
}

describe('a provider is tested live, by a call as customers make them', () => {
  let world: World

  before(async () => {
    world = await startWorld()
  })
  after(() => stopWorld(world))

  for (const { name, title, models } of PROVIDERS) {
    test(`${title}: one call that breaks no rule of it, and its answer is understood`, async () => {
      const from = world.replay.requests.length
      const tested = await world.gateway.api.expect<Tested>(200, 'POST', `/api/providers/${name}/test`, {})
      assert.deepEqual([tested.ok, tested.status, tested.model], [true, 200, models.plain], tested.message)
      assert.equal(world.replay.requests.length, from + 1)
    })
  }

  test('what a vendor says no to is told with its reason', async () => {
    world.replay.next({ fault: '401' })
    const tested = await world.gateway.api.expect<Tested>(200, 'POST', '/api/providers/gemini/test', {})
    assert.deepEqual([tested.ok, tested.status], [false, 401])
    assert.match(tested.message, /provider_auth_failed/)
  })
})
