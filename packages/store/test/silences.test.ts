import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Silences } from '../src/silences.ts'

/** One process that watches, and the clocks that it sees. */
function watch(): { pass(ms: number): void; database: { now: number }; look(heartbeat: number): number | undefined } {
  let elapsed = 0
  const database = { now: 1_000_000 }
  const silences = new Silences(() => elapsed)
  return {
    database,
    pass: (ms) => {
      elapsed += ms
      database.now += ms
    },
    look: (heartbeat) => silences.look([{ epoch: 1n, heartbeat_at: BigInt(heartbeat) }], BigInt(database.now))[0],
  }
}

describe('M23: how long an instance has been silent', () => {
  it('is told by the database’s clock in the first look', () => {
    assert.equal(watch().look(960_000), 40_000)
    assert.equal(watch().look(1_000_000), 0)
  })

  it('is how long the same heartbeat has been seen since, although the database’s clock is set forward', () => {
    const { look, pass, database } = watch()
    look(1_000_000)
    database.now += 86_400_000
    pass(4_000)
    assert.equal(look(1_000_000), 4_000)
    pass(27_000)
    assert.equal(look(1_000_000), 31_000)
  })

  it('is counted although the heartbeat lies ahead of a clock that was set back', () => {
    const { look, pass, database } = watch()
    look(1_000_000)
    database.now -= 3_600_000
    pass(31_000)
    assert.equal(look(1_000_000), 31_000)
  })

  it('begins when an instance appears that was not there before, unless it was shut out', () => {
    const silences = new Silences(() => 50_000)
    const heard = (epoch: bigint, heartbeat_at: bigint) => ({ epoch, heartbeat_at })
    assert.deepEqual(silences.look([], 1_000_000n), [])
    assert.deepEqual(silences.look([heard(1n, 900_000n), heard(2n, -900_000n)], 1_000_000n), [0, 1_900_000])
  })

  it('begins anew with every beat, and by the database’s clock where a heartbeat was taken back', () => {
    const { look, pass } = watch()
    look(1_000_000)
    pass(29_000)
    assert.equal(look(1_029_000), 0)
    pass(1_000)
    assert.equal(look(1_029_000), 1_000)
    assert.equal(look(-1_029_000), 2_059_000)
  })
})
