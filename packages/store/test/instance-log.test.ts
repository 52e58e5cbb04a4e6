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
    log.committed(items(hold('a.0', 1n), hold('b.0', 1n)), [ok(10n), ok(11n)])
    log.committed(items(hold('a.1', 1n)), [ok(12n)])
    assert.equal(log.lowWater(), 10n)
  })

  it('covers a settled request until its record is written', () => {
    const log = new InstanceLog()
    log.committed(items(hold('a.0', 1n)), [ok(10n)])
    log.committed(items(settle('a', 1n)), [ok(20n)])
    assert.equal(log.lowWater(), 10n)
    log.recorded('a')
    assert.equal(log.lowWater(), 21n)
  })

  it('covers a recorded request until it is settled', () => {
    const log = new InstanceLog()
    log.committed(items(hold('a.0', 1n)), [ok(10n)])
    log.recorded('a')
    assert.equal(log.lowWater(), 10n)
    log.committed(items(settle('a', 1n)), [ok(20n)])
    assert.equal(log.lowWater(), 21n)
  })

  it('is never above what a batch in flight will write', () => {
    const log = new InstanceLog()
    log.committed(items(hold('a.0', 1n)), [ok(10n)])
    log.closed('a')
    assert.equal(log.lowWater(), 11n)
  })

  it('waits for as many records as it can keep in mind, and gives up on the first', () => {
    const log = new InstanceLog(2)
    log.committed(items(hold('a.0', 1n), hold('b.0', 1n), hold('c.0', 1n)), [ok(10n), ok(11n), ok(12n)])
    log.committed(items(settle('b', 1n), settle('a', 1n)), [ok(20n), ok(21n)])
    assert.equal(log.lowWater(), 10n)
    log.committed(items(settle('c', 1n)), [ok(22n)])
    assert.equal(log.size, 2)
    log.recorded('a')
    assert.equal(log.lowWater(), 12n)
  })

  it('is not moved by a hold that was refused', () => {
    const log = new InstanceLog()
    log.committed(items(hold('a.0', 1n)), [
      { status: 'insufficient', reserved: false, leg: 0, also: [], shortfalls: [], steps: 0, seq: 0n, legs: [], at: 0 },
    ])
    assert.equal(log.size, 0)
  })
})
