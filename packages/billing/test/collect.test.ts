import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { collect, type Collecting, type Kept, type PlanTerms } from '@faregate/billing'
import { walletOf } from '@faregate/core'
import { memoryEngine, memoryStorage, type MemoryStorage } from '../../ledger/test/memory-engine.ts'
import { at, plan, subscription } from './support.ts'

const WALLET = walletOf('org_1')
const TERMS = plan({ credit: 2_000_000_000n })

/** A row, a ledger and a clock, as several processes share them. */
async function world(funds: bigint, terms: PlanTerms = TERMS) {
  const storage: MemoryStorage = memoryStorage()
  const clock = { now: at('2027-01-31') }
  const engine = memoryEngine(storage, () => clock.now)
  engine.commitNow([{ operation: { type: 'wallet', account: WALLET, unit: 'USD', overdraft: 0n, creditLimit: 0n } }])
  const grant = (id: string, amount: bigint): void => {
    engine.commitNow([{ operation: { type: 'grant', id, account: WALLET, amount, priority: 100, expiresAt: null, reason: 'test' } }])
  }
  if (funds > 0n) grant('funds', funds)
  const row: Kept = { subscription: subscription(terms, clock.now), terms, revision: 1 }
  let saves = 0
  const process = (more: Partial<Collecting> = {}): Collecting => ({
    load: async () => ({ ...row }),
    save: async (next, revision) => {
      if (revision !== row.revision) return false
      saves += 1
      Object.assign(row, { subscription: next, revision: revision + 1 })
      return true
    },
    submit: async (operation) => {
      const [outcome] = await engine.commit([{ operation }])
      assert.ok(outcome)
      return outcome
    },
    now: () => clock.now,
    ...more,
  })
  const posted = (): bigint => storage.accounts.get(WALLET)?.posted ?? 0n
  const charges = (): number => [...storage.entries.values()].filter(({ kind }) => kind === 'charge').length
  return { clock, row, process, grant, posted, charges, storage, saves: () => saves }
}

describe('paying a period', () => {
  it('is done once, however many processes find it due at once', async () => {
    const { process, row, posted, charges, saves, storage } = await world(50_000_000_000n)
    const outcomes = await Promise.all(Array.from({ length: 200 }, () => collect(process(), 'sub_1')))
    assert.ok(outcomes.every((outcome) => outcome === 'paid' || outcome === 'nothing_due'))
    assert.deepEqual([posted(), charges(), saves()], [10_000_000_000n, 1, 1])
    assert.equal(row.subscription.paidUntil, at('2027-02-28'))
    const credit = storage.lots.get('sub_1.p1.credit')
    assert.deepEqual([credit?.granted, credit?.expiresAt], [2_000_000_000n, at('2027-02-28')])
  })

  it('survives a kill between the payment and its note, and a clock that has gone on since', async () => {
    const { process, row, clock, posted } = await world(50_000_000_000n)
    const killed = process({ save: () => Promise.reject(new Error('killed')) })
    await assert.rejects(collect(killed, 'sub_1'))
    clock.now += 5_000
    assert.equal(await collect(process(), 'sub_1'), 'paid')
    assert.equal(await collect(process(), 'sub_1'), 'nothing_due')
    assert.deepEqual([posted(), row.subscription.periods], [10_000_000_000n, 1])
  })

  it('of the next month comes when it begins, also where nobody was there at midnight', async () => {
    const { process, row, clock, posted } = await world(50_000_000_000n)
    await collect(process(), 'sub_1')
    clock.now = at('2027-02-28') - 1
    assert.equal(await collect(process(), 'sub_1'), 'nothing_due')
    clock.now = at('2027-03-09')
    await Promise.all([collect(process(), 'sub_1'), collect(process(), 'sub_1')])
    assert.deepEqual([posted(), row.subscription.paidUntil, row.subscription.anchor], [20_000_000_000n, at('2027-03-31'), at('2027-01-31')])
  })

  it('fails where the balance does not reach, and charges nothing; a grant mends it', async () => {
    const { process, row, grant, posted } = await world(9_999_999_999n)
    assert.equal(await collect(process(), 'sub_1'), 'short')
    assert.deepEqual([posted(), row.subscription.paidUntil], [0n, null])
    grant('more', 1n)
    assert.equal(await collect(process(), 'sub_1'), 'paid')
    assert.equal(posted(), 10_000_000_000n)
  })

  it('of what is free charges nothing', async () => {
    const { process, row, charges } = await world(0n, plan({ price: 0n, period: 'free' }))
    assert.equal(await collect(process(), 'sub_1'), 'paid')
    assert.deepEqual([charges(), row.subscription.paidUntil], [0, at('2027-02-28')])
  })
})
