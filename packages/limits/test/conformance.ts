import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { limitRules, type LimitTerms } from '@faregate/core'
import type { Counted, Demand, LimitCounters } from '../src/port.ts'

/** Counters under test, and a way to let time pass. */
export interface Opened {
  counters: LimitCounters
  /** Milliseconds: of a clock that is moved, or of the real one. */
  pass(millis: number): Promise<void> | void
}

/** What is left, in units: as decided, give or take what flows in while a test runs. */
function assertLeft({ left }: Counted, expected: number[]): void {
  assert.equal(left.length, expected.length)
  for (const [index, millionths] of left.entries()) {
    const units = Math.abs(millionths) < 100 ? millionths : millionths / 1_000_000
    assert.ok(Math.abs(units - (expected[index] ?? Number.NaN)) < 0.01, `${left.join(', ')} instead of ${expected.join(', ')}`)
  }
}

/** Demands on limits of a key of its own. */
function demandsOn(limits: LimitTerms[], costs: number[] = []): Demand[] {
  const key = `key_${crypto.randomUUID()}`
  return limitRules('org_1', { level: 'key', id: key }, limits).map((rule, index) => ({
    rule,
    bucket: rule.bucket,
    terms: rule.terms,
    cost: costs[index] ?? 1,
    partitioned: false,
  }))
}

const again = (demands: Demand[], costs: number[]): Demand[] => demands.map((demand, index) => ({ ...demand, cost: costs[index] ?? 0 }))

/** What every implementation of the counters does alike. */
export function conformance(name: string, opened: () => Opened, skip: string | false = false): void {
  describe(`limits counted ${name}`, { skip }, () => {
    const take = async (demands: Demand[], lease: string = crypto.randomUUID()): Promise<Counted> => opened().counters.take(lease, demands)
    const admitted = async (demands: Demand[], times: number): Promise<number> => {
      const all = await Promise.all(Array.from({ length: times }, () => take(demands)))
      return all.filter((counted) => counted.admitted).length
    }

    it('lets a burst through at once and no more', async () => {
      assert.equal(await admitted(demandsOn([{ kind: 'requests', amount: 100, per: 'day', burst: 7 }]), 20), 7)
    })

    it('lets as much as the amount through at once where no burst is said', async () => {
      assert.equal(await admitted(demandsOn([{ kind: 'requests', amount: 12, per: 'day' }]), 20), 12)
    })

    it('lets what flows in through, evenly, and never more than the burst', async () => {
      const demands = demandsOn([{ kind: 'requests', amount: 1, per: 'second', burst: 2 }])
      assert.equal(await admitted(demands, 5), 2)
      await opened().pass(400)
      assert.equal(await admitted(demands, 5), 1)
      await opened().pass(2_000)
      assert.equal(await admitted(demands, 5), 2)
    })

    it('takes from every limit or from none', async () => {
      const wide: LimitTerms = { kind: 'requests', amount: 100, per: 'day' }
      const both = demandsOn([wide, { kind: 'tokens', amount: 50, per: 'day' }, { kind: 'concurrency', amount: 9 }], [1, 30, 1])
      const first = await take(both)
      assert.equal(first.admitted, true)
      assertLeft(first, [99.9, 20.9, 8])
      for (let i = 0; i < 3; i++) {
        const refused = await take(both)
        assert.equal(refused.admitted, false)
        assertLeft(refused, [99.9, 20.9, 8])
      }
      assert.equal((await take(again(both, [1, 20, 1]))).admitted, true)
    })

    it('lets what is larger than the bucket through when that is full, and collects the debt', async () => {
      const demands = demandsOn([{ kind: 'tokens', amount: 1_000, per: 'second', burst: 100 }], [400])
      const first = await take(demands)
      assert.equal(first.admitted, true)
      assertLeft(first, [-299.1])
      assert.equal((await take(again(demands, [1]))).admitted, false)
      await opened().pass(450)
      assert.equal((await take(again(demands, [100]))).admitted, true)
    })

    it('gives back what was not used, takes what was used on top, and never holds more than the burst', async () => {
      const demands = demandsOn([{ kind: 'tokens', amount: 100, per: 'day' }], [80])
      await take(demands, 'a')
      await opened().counters.end('a', again(demands, [70]))
      assertLeft(await opened().counters.peek(demands), [90.9])
      await opened().counters.end('a', again(demands, [-50]))
      assertLeft(await opened().counters.peek(demands), [40.9])
      await opened().counters.end('a', again(demands, [5_000]))
      assertLeft(await opened().counters.peek(demands), [100.9])
    })

    it('frees the place of a request that has ended, and of no other', async () => {
      const demands = demandsOn([{ kind: 'concurrency', amount: 2 }])
      assert.equal((await take(demands, 'a')).admitted, true)
      assert.equal((await take(demands, 'b')).admitted, true)
      assert.deepEqual(await take(demands, 'c'), { admitted: false, left: [0] })
      await opened().counters.end('a', demands)
      assert.deepEqual(await take(demands, 'c'), { admitted: true, left: [0] })
    })

    it('looks without effect', async () => {
      const demands = demandsOn([
        { kind: 'requests', amount: 1, per: 'day' },
        { kind: 'concurrency', amount: 1 },
      ])
      for (let i = 0; i < 5; i++) {
        const seen = await opened().counters.peek(demands)
        assert.equal(seen.admitted, true)
        assertLeft(seen, [1.9, 1])
      }
    })

    it('holds a changed limit at once, on what is left', async () => {
      const [demand] = demandsOn([{ kind: 'requests', amount: 100, per: 'day' }])
      assert.ok(demand)
      await take([demand])
      assert.equal(await admitted([{ ...demand, terms: { kind: 'requests', amount: 100, per: 'day', burst: 3 } }], 10), 3)
    })

    it('is exact in a race: 200 at once against room for 50 and places for 20', async () => {
      const demands = demandsOn([
        { kind: 'requests', amount: 50, per: 'day' },
        { kind: 'concurrency', amount: 20 },
      ])
      const leases = Array.from({ length: 200 }, (_, index) => `r${index}`)
      const round = async () => {
        const taken = await Promise.all(leases.map(async (lease) => ({ lease, ...(await take(demands, lease)) })))
        return taken.filter((each) => each.admitted).map(({ lease }) => lease)
      }
      const first = await round()
      assert.equal(first.length, 20)
      await Promise.all(first.map(async (lease) => opened().counters.end(lease, again(demands, [0, 1]))))
      const second = await round()
      assert.equal(second.length, 20)
      await Promise.all(second.map(async (lease) => opened().counters.end(lease, again(demands, [0, 1]))))
      assert.equal((await round()).length, 10)
    })
  })
}
