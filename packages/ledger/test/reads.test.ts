import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { accountsOf, decideBatch, entryIds, lotIds, recoverySettle, requestsOf, type Entry } from '@faregate/ledger'
import { adjust, capLeg, grant, hold, refund, reverse, settle, wallet, walletLeg } from './conformance/build.ts'
import { memoryEngine, memoryStorage } from './memory-engine.ts'

const NOW = Date.UTC(2026, 10, 22)
const NONE = new Map<string, Entry>()

describe('what an engine reads', () => {
  it('M17: entries that prove the absence of a resolution, and every hold of a settle and one more', () => {
    const money = [grant('g', 1n), reverse('x', 'g'), refund('f', 's'), adjust('a', 1n), wallet()]
    const ids = entryIds([hold('r.1', 1n), settle('s', 1n, { slices: 2 }), ...money])
    assert.deepEqual(ids, ['r.1', 'r.settle', 's.settle', 's.0', 's.1', 's.2', 'g', 'x', 'g', 'f', 'a', 'w.wallet'])
    assert.deepEqual(requestsOf([refund('f', 's'), settle('t', 1n)]), ['s'])
  })

  it('M17: accounts are locked once each, in the order of their ids', () => {
    const legs = [capLeg(5n, { period: 'month', zone: 'UTC' }), walletLeg('z')]
    const holds = [hold('r.0', 1n, { legs }), hold('s.0', 1n, { legs: [walletLeg('B')] })]
    const { lock, create } = accountsOf([...holds, grant('g', 1n, { account: 'a' })], NONE, NOW)
    assert.deepEqual(lock, ['B', 'a', 'c@2026-11', 'z'])
    assert.deepEqual(
      create.map(({ id, kind, unit, resetsAt, entries }) => [id, kind, unit, resetsAt, entries]),
      [['c@2026-11', 'cap', 'cap:USD', Date.UTC(2026, 11, 1), 0n]],
    )
  })

  it('M9: a refund locks every account of its request and names the lots it gives back to', () => {
    const storage = memoryStorage()
    const engine = memoryEngine(storage, () => NOW)
    const operations = [wallet(), grant('g', 9n), hold('r.0', 9n, { legs: [capLeg(50n), walletLeg()] }), settle('r', 9n)]
    engine.commitNow(operations.map((operation) => ({ operation })))
    const refunds = [refund('f', 'r')]
    assert.deepEqual(accountsOf(refunds, storage.entries, NOW).lock, ['c@total', 'w'])
    assert.deepEqual([...new Set(lotIds(refunds, storage.entries))], ['g'])
    assert.deepEqual(lotIds([reverse('x', 'g')], NONE), ['g'])
  })

  it('M17: a working set that lacks an account is an exception, so that nothing is written by half', () => {
    const set = { now: NOW, accounts: new Map(), lots: new Map(), entries: NONE, nextSeq: 1n }
    assert.throws(() => decideBatch(set, [adjust('a', 1n)]), /not locked/)
  })

  it('M23: recovery charges up to the last durable mark, else voids', () => {
    const storage = memoryStorage()
    const engine = memoryEngine(storage, () => NOW)
    const holds = [hold('r.0', 9n), hold('r.1', 9n, { mark: 5n }), hold('s.0', 9n)]
    engine.commitNow([wallet(), grant('g', 90n), ...holds].map((operation) => ({ operation })))
    const [first, second, other] = ['r.0', 'r.1', 's.0'].flatMap((id) => storage.entries.get(id) ?? [])
    assert.ok(first && second && other)
    const members = { type: 'settle', instance: 4, memo: '{"recovered":true}' }
    assert.deepEqual(recoverySettle('r', [second, first], 4), { ...members, request: 'r', slices: 2, cost: 5n })
    assert.deepEqual(recoverySettle('s', [other], 4), { ...members, request: 's', slices: 1, cost: 0n })
    const counted = { id: 'r.2', terms: { mark: '5', counts: 'quota:requests 1 quota:tokens 3' } }
    const counts = { 'quota:requests': 1n, 'quota:tokens': 3n }
    assert.deepEqual(recoverySettle('r', [counted, second], 4), { ...members, request: 'r', slices: 3, cost: 5n, counts })
  })
})
