import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Parking } from '../src/call/parking.ts'
import { RetryBudget } from '../src/call/retry-budget.ts'
import { completion } from './support/upstream.ts'
import { openWorld } from './support/world.ts'

const LIMITED = { code: 'provider_rate_limited', guessMs: 10_000 } as const

test('what the upstream stated is kept to the millisecond, then one request at a time may try', () => {
  const parking = new Parking()
  parking.park('k', 0, { ...LIMITED, statedMs: 1_234 })
  assert.equal(parking.state('k', 1_233), 'parked')
  assert.equal(parking.state('k', 1_234), 'due')
  parking.probe('k', 1_234)
  assert.equal(parking.state('k', 1_235), 'parked')
  assert.equal(parking.state('k', 1_234 + 30_000), 'due', 'a trial that never ended keeps nobody out')
  parking.release('k')
  assert.equal(parking.state('k', 1_235), 'free')
})

test('a guess doubles with each failed trial, up to ten minutes, and success forgets it', () => {
  const parking = new Parking()
  const waits: number[] = []
  for (let at = 0, i = 0; i < 8; i++) {
    parking.park('k', at, LIMITED)
    const from = at
    while (parking.state('k', at) === 'parked') at += 10_000
    waits.push(at - from)
  }
  assert.deepEqual(waits, [10_000, 20_000, 40_000, 80_000, 160_000, 320_000, 600_000, 600_000])
  parking.release('k')
  parking.park('k', 0, LIMITED)
  assert.equal(parking.state('k', 10_000), 'due')
})

test('only the one that failed is parked, and a new configuration gives everything a new chance', () => {
  const parking = new Parking()
  parking.under(1)
  parking.park('k', 0, LIMITED)
  assert.equal(parking.state('other', 1), 'free')
  parking.under(1)
  assert.equal(parking.state('k', 1), 'parked')
  parking.under(2)
  assert.equal(parking.state('k', 1), 'free')
})

test('a burst of failures may be tried again; a lasting outage brings at most a fifth more load', () => {
  const budget = new RetryBudget()
  let now = 0
  let tried = 0
  for (let i = 0; i < 100; i++) {
    budget.earn(now)
    if (budget.spend()) tried++
  }
  assert.equal(tried, 100)
  tried = 0
  // A hundred requests a second for a hundred seconds, all of which fail.
  for (let i = 0; i < 10_000; i++) {
    budget.earn((now += 10))
    if (budget.spend()) tried++
  }
  assert.ok(tried <= 10_000 * 0.2 + 100 * 10 + 100, `${tried}`)
  assert.ok(tried >= 2_000, `${tried}`)
})

test('a key that is over the rate of one model serves the others; one that is refused serves none', async () => {
  const world = await openWorld({ model: { name: 'm' } })
  try {
    world.models.set('other', {
      name: 'other',
      deployments: [{ provider: 'up', model: 'other-up', weight: 1 }],
      managedBy: { source: 'database' },
    })
    const ask = (model: string): Promise<Response> => world.post({ model, messages: [{ role: 'user', content: 'x' }], max_tokens: 5 })
    world.upstream.behave((response, call) => {
      const limited = call.body.includes('up-model')
      response.writeHead(limited ? 429 : 200, { 'content-type': 'application/json', ...(limited ? { 'retry-after': '30' } : {}) })
      response.end(limited ? '{"error":{"message":"slow down"}}' : completion('hi', { prompt_tokens: 1, completion_tokens: 1 }))
    })
    const first = await ask('m')
    assert.deepEqual([first.status, first.headers.get('retry-after')], [503, '30'])
    const again = await ask('m')
    assert.equal(again.status, 503)
    assert.ok(Number(again.headers.get('retry-after')) <= 30)
    assert.equal(world.upstream.calls.length, 1, 'not called before its time')
    assert.equal((await ask('other')).status, 200)
  } finally {
    await world.close()
  }
})
