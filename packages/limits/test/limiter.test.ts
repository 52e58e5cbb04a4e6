import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { test } from 'node:test'
import { limitRules, type LimitTerms } from '@faregate/core'
import { Limiter } from '../src/limiter.ts'
import { MemoryCounters } from '../src/memory-counters.ts'
import type { Counted, Demand, SharedCounters } from '../src/port.ts'

const clock = { now: () => Date.now() }

/** Counters that several limiters share, as they would a Redis, and that can be taken away. */
class Shared implements SharedCounters {
  readonly memory = new MemoryCounters(clock)
  readonly renewed: string[] = []
  replicas = 1
  state: 'there' | 'away' | 'silent' = 'there'

  async take(lease: string, demands: readonly Demand[]): Promise<Counted> {
    await this.#reach()
    return this.memory.take(lease, demands)
  }

  async peek(demands: readonly Demand[]): Promise<Counted> {
    await this.#reach()
    return this.memory.peek(demands)
  }

  async end(lease: string, demands: readonly Demand[]): Promise<void> {
    await this.#reach()
    this.memory.end(lease, demands)
  }

  async renew(lease: string): Promise<number> {
    await this.#reach()
    this.renewed.push(lease)
    return this.replicas
  }

  async #reach(): Promise<void> {
    if (this.state === 'away') throw new Error('connection refused')
    if (this.state === 'silent') await new Promise(() => undefined)
  }
}

function asking(...limits: LimitTerms[]): Demand[] {
  return limitRules('org_1', { level: 'key', id: crypto.randomUUID() }, limits).map((rule) => ({
    rule,
    bucket: rule.bucket,
    terms: rule.terms,
    cost: 1,
    partitioned: false,
  }))
}

async function admitted(limiter: Limiter, asked: Demand[], times: number): Promise<number> {
  let sum = 0
  for (let i = 0; i < times; i++) if ((await limiter.take(crypto.randomUUID(), asked)).admitted) sum += 1
  return sum
}

test('alone, it decides at once: no promise, no shared counters', () => {
  const limiter = new Limiter({ clock })
  const taken = limiter.take('r', asking({ kind: 'requests', amount: 1, per: 'day' }))
  assert.ok(!(taken instanceof Promise))
  assert.equal(limiter.state.counting, 'alone')
})

for (const state of ['away', 'silent'] as const) {
  test(`when the shared counters are ${state}, each replica keeps to its share, says so, and comes back by itself`, async (t) => {
    const shared = new Shared()
    shared.replicas = 4
    const seen: string[] = []
    const limiter = new Limiter({ clock, shared, instance: 'a', onChange: ({ counting }) => seen.push(counting) })
    t.after(() => limiter.close())
    await limiter.start()
    assert.deepEqual(limiter.state, { counting: 'shared', replicas: 4 })
    const asked = asking({ kind: 'requests', amount: 40, per: 'day' })
    assert.equal(await admitted(limiter, asked, 1), 1)
    shared.state = state
    assert.equal(await admitted(limiter, asked, 60), 10)
    assert.equal(limiter.state.counting, 'lost')
    assert.match(limiter.state.cause ?? '', /refused|no answer/)
    shared.state = 'there'
    for (let i = 0; i < 40 && limiter.state.counting === 'lost'; i++) await pause(50)
    assert.equal(limiter.state.counting, 'shared')
    assert.equal(await admitted(limiter, asked, 60), 39)
    assert.deepEqual(seen, ['shared', 'lost', 'shared'])
  })
}

test('a start without the shared counters serves, and finds them later', async (t) => {
  const shared = new Shared()
  shared.state = 'away'
  const limiter = new Limiter({ clock, shared, instance: 'a' })
  t.after(() => limiter.close())
  await limiter.start()
  assert.equal(await admitted(limiter, asking({ kind: 'concurrency', amount: 3 }), 9), 3)
  shared.state = 'there'
  for (let i = 0; i < 40 && limiter.state.counting === 'lost'; i++) await pause(50)
  assert.equal(limiter.state.counting, 'shared')
})

test('what is cut off when it closes loses nothing', async () => {
  const shared = new Shared()
  const seen: string[] = []
  const limiter = new Limiter({ clock, shared, instance: 'a', onChange: ({ counting }) => seen.push(counting) })
  await limiter.start()
  const { end } = await limiter.take('a', asking({ kind: 'concurrency', amount: 1 }))
  limiter.close()
  shared.state = 'away'
  end(0)
  await pause(5)
  assert.deepEqual(seen, ['shared'])
})

test('an end frees its place where it was taken, once, also after the counters changed', async (t) => {
  const shared = new Shared()
  const limiter = new Limiter({ clock, shared, instance: 'a' })
  t.after(() => limiter.close())
  await limiter.start()
  const asked = asking({ kind: 'concurrency', amount: 1 })
  const first = await limiter.take('a', asked)
  assert.equal(first.admitted, true)
  assert.equal((await limiter.take('b', asked)).admitted, false)
  first.end(0)
  first.end(0)
  await pause(5)
  assert.equal((await limiter.take('b', asked)).admitted, true)
  assert.equal((await limiter.take('c', asked)).admitted, false)
})

test('tokens: what was bound and not used goes back, what was used beyond is taken, a request stays counted', () => {
  const limiter = new Limiter({ clock })
  const asked = asking({ kind: 'tokens', amount: 100, per: 'day' }, { kind: 'requests', amount: 10, per: 'day' })
  const [tokens, requests] = asked
  assert.ok(tokens && requests)
  const taken = limiter.take('r', [{ ...tokens, cost: 60 }, requests])
  assert.ok(!(taken instanceof Promise))
  assert.deepEqual(
    taken.standings.map(({ remaining }) => remaining),
    [40, 9],
  )
  taken.end(15)
  const next = limiter.take('s', [{ ...tokens, cost: 85 }, requests])
  assert.ok(!(next instanceof Promise))
  assert.deepEqual(
    next.standings.map(({ remaining, ok }) => [remaining, ok]),
    [
      [0, true],
      [8, true],
    ],
  )
})

test('what keeps a request waiting, and for how long, is told', () => {
  const limiter = new Limiter({ clock: { now: () => 1_700_000_000_000 } })
  const asked = asking({ kind: 'requests', amount: 2, per: 'second', burst: 1 }, { kind: 'concurrency', amount: 5 })
  void limiter.take('r', asked)
  const refused = limiter.take('s', asked)
  assert.ok(!(refused instanceof Promise))
  assert.equal(refused.admitted, false)
  const [rate, places] = refused.standings
  assert.deepEqual([rate?.ok, rate?.remaining, rate?.waitMs], [false, 0, 50])
  assert.deepEqual([places?.ok, places?.remaining, places?.waitMs], [true, 4, 0])
})
