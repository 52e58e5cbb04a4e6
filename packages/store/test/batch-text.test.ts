import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { BatchItem, Outcome } from '@faregate/ledger'
import { hold, settle, walletLeg, capLeg, quotaLeg } from '../../ledger/test/conformance/build.ts'
import { packItems, packOutcomes, unpackItems, unpackOutcomes } from '../src/sqlite/batch-text.ts'

const MAX = 2n ** 63n - 1n

describe('a batch on its way between threads', () => {
  it('M17: operations arrive as they were sent, in order', () => {
    const items: BatchItem[] = [
      { operation: hold('r.0', 40n, { legs: [capLeg(MAX, { period: 'month', zone: 'Europe/Berlin' }), walletLeg('wallet:ä')] }) },
      { operation: settle('r', MAX, { slices: 3, memo: '{"user":"\u{1F4B0} \\u001e"}' }) },
      { operation: { type: 'wallet', account: 'w', unit: 'USD', overdraft: 0n, creditLimit: 5n } },
      { operation: hold('s.12', 0n, { outlook: { min: 0, max: 9 }, mark: 0n, steps: { min: 1, max: 2 } }) },
      { operation: hold('q.0', 1n, { legs: [quotaLeg('quota:tokens', 9n, { period: 'R/2027-01-31T10:00:00.000Z/P1M' }), walletLeg()] }) },
      { operation: hold('q.1', 1n, { counts: { 'quota:tokens': 7n, 'quota:requests': 1n } }) },
      { operation: settle('q', 1n, { counts: { 'quota:tokens': MAX } }) },
      { operation: settle('v', 1n, { counts: {} }) },
      { operation: settle('s', 1n), attach: [{ table: 'audit', values: { id: 'a', seq: 1n, before: null } }] },
      { operation: hold('t.0', 1n, { id: 'other' }) },
      { operation: hold('u.0', -1n, { slice: Number.NaN, id: 'u.NaN' }) },
    ]
    assert.deepEqual(unpackItems(structuredClone(packItems(items))), items)
    assert.deepEqual(unpackItems(packItems([])), [])
  })

  it('M17: outcomes come back as they were decided, in order', () => {
    const outcomes: Outcome[] = [
      { status: 'ok', seq: MAX, at: 5, steps: 7, held: [{ account: 'w', unit: 'USD', amount: 3n }] },
      { status: 'insufficient', reserved: true, leg: 0, also: [], shortfalls: [], steps: 0, seq: MAX, legs: [], at: 5 },
      { status: 'ok', seq: 2n, at: 6, steps: 0, outlook: 0, held: [] },
      { status: 'ok', seq: 3n, at: 6, amount: 5n, settlement: { posted: 4n, excess: 1n, absorbed: 2n } },
      { status: 'exists', seq: 3n, at: 6, amount: 5n, settlement: { posted: 4n, excess: 1n, absorbed: 2n } },
      { status: 'ok', seq: 4n, at: 6, amount: 5n },
    ]
    assert.deepEqual(unpackOutcomes(structuredClone(packOutcomes(outcomes))), outcomes)
  })
})
