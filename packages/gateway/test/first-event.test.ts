import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import type { Behaviour } from './support/upstream.ts'
import { openWorld, problemOf, providerEntry, type World } from './support/world.ts'

let world: World
afterEach(() => world.close())

const ASK = { model: 'm', messages: [{ role: 'user', content: 'hello there' }], max_tokens: 100, stream: true }

/** A stream of Anthropic's that begins with this error. */
const failing =
  (type: string): Behaviour =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(`event: error\ndata: ${JSON.stringify({ type: 'error', error: { type, message: 'as it is' } })}\n\n`)
  }

const TOLD: [type: string, status: number, code: string, seen: number][] = [
  ['overloaded_error', 529, 'provider_error', 502],
  ['rate_limit_error', 429, 'provider_rate_limited', 503],
  ['authentication_error', 401, 'provider_auth_failed', 502],
  ['billing_error', 402, 'provider_account_unpaid', 503],
  ['invalid_request_error', 400, 'provider_rejected', 400],
  ['a_new_error', 502, 'provider_error', 502],
]

for (const [type, status, code, seen] of TOLD) {
  test(`E3: a stream whose first event is ${type} is a failure with ${status}: the caller is told ${code}, and nothing is charged`, async () => {
    world = await openWorld({ model: { deployments: [{ provider: 'claude', model: 'claude-up', weight: 1 }] } })
    world.providers.set('claude', { ...providerEntry(world.upstream.url, 'claude'), kind: 'anthropic' })
    world.upstream.behave(failing(type))
    const record = world.recorded()
    const response = await world.post(ASK)
    assert.deepEqual([response.status, (await problemOf(response)).code], [seen, code])
    const { attempts, cost } = await record
    assert.deepEqual(
      attempts.map((attempt) => attempt.status),
      attempts.map(() => status),
    )
    assert.equal(cost, 0n)
  })
}
