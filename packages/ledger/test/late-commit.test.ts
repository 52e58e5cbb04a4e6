import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CommitQueue, LedgerUnavailable, type LedgerEngine } from '@faregate/ledger'
import { grant, hold, wallet } from './conformance/build.ts'
import { commitUnderLock, memoryStorage, readFirst } from './memory-engine.ts'

describe('a commit that comes through after its connection was lost', () => {
  it('M17: of a hold that was given up is voided, although the void has read before it', async () => {
    const storage = memoryStorage()
    const opening = [wallet(), grant('g', 100n)].map((operation) => ({ operation }))
    commitUnderLock(storage, opening, readFirst(storage, opening, 0))
    let late: (() => void) | undefined
    let lose: ((error: Error) => void) | undefined
    const engine: LedgerEngine = {
      commit: async (batch) => {
        const first = readFirst(storage, batch, 0)
        const commit = () => commitUnderLock(storage, batch, first)
        if (lose !== undefined) {
          // Whoever comes later waits for the locks of the one that is on its way.
          late?.()
          late = undefined
          return commit()
        }
        late = commit
        return new Promise((_, reject) => (lose = reject))
      },
    }
    let now = 0
    let sweep: (() => void) | undefined
    const timers = { after: async () => {}, every: (_: number, work: () => void) => ((sweep = work), () => {}) }
    const queue = new CommitQueue(engine, { now: () => now, timers })
    const given = assert.rejects(queue.submit(hold('a.0', 10n)), LedgerUnavailable)
    await new Promise((resolve) => setImmediate(resolve))
    now = 6_000
    sweep?.()
    await given
    lose?.(new LedgerUnavailable('the connection was lost'))
    for (let turns = 0; turns < 100; turns++) await new Promise((resolve) => setImmediate(resolve))
    assert.equal(queue.depth, 0)
    await queue.close()
    assert.equal(storage.entries.get('a.settle')?.kind, 'void')
    assert.equal(storage.accounts.get('w')?.held, 0n)
  })
})
