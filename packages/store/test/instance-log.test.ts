import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { BatchItem, Operation, Outcome } from '@faregate/ledger'
import { hold, settle } from '../../ledger/test/conformance/build.ts'
import { InstanceLog } from '../src/instance-log.ts'

const items = (...operations: Operation[]): BatchItem[] => operations.map((operation) => ({ operation }))
const ok = (seq: bigint): Outcome => ({ status: 'ok', seq, at: 0 })

describe('M23: the low-water mark', () => {
  it('is the oldest request that is open', () => {
    const log = new InstanceLog()
    log.committed(items(hold('a.0', 1n), hold('b.0', 1n)), [ok(10n), ok(11n)], 0)
    log.committed(items(hold('a.1', 1n)), [ok(12n)], 0)
    assert.equal(log.lowWater(0), 10n)
  })

  it('covers a settled request until its record is written', () => {
    const log = new InstanceLog()
    log.committed(items(hold('a.0', 1n)), [ok(10n)], 0)
    log.committed(items(settle('a', 1n)), [ok(20n)], 0)
    assert.equal(log.lowWater(1), 10n)
    log.recorded('a')
    assert.equal(log.lowWater(1), 21n)
  })

  it('covers a recorded request until it is settled', () => {
    const log = new InstanceLog()
    log.committed(items(hold('a.0', 1n)), [ok(10n)], 0)
    log.recorded('a')
    assert.equal(log.lowWater(0), 10n)
    log.committed(items(settle('a', 1n)), [ok(20n)], 0)
    assert.equal(log.lowWater(0), 21n)
  })

  it('is never above what a batch in flight will write', () => {
    const log = new InstanceLog()
    log.committed(items(hold('a.0', 1n)), [ok(10n)], 0)
    log.closed('a')
    assert.equal(log.lowWater(0), 11n)
  })

  it('does not wait for ever for a record that does not come', () => {
    const log = new InstanceLog()
    log.committed(items(hold('a.0', 1n)), [ok(10n)], 0)
    log.committed(items(settle('a', 1n)), [ok(20n)], 1_000)
    assert.equal(log.lowWater(60_000), 10n)
    assert.equal(log.lowWater(61_001), 21n)
    assert.equal(log.size, 0)
  })

  it('is not moved by a hold that was refused', () => {
    const log = new InstanceLog()
    log.committed(
      items(hold('a.0', 1n)),
      [{ status: 'insufficient', reserved: false, leg: 0, also: [], shortfalls: [], steps: 0, at: 0 }],
      0,
    )
    assert.equal(log.size, 0)
  })
})
