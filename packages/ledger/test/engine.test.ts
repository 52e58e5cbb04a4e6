import { verify } from '@faregate/ledger'
import { engineConformance } from './conformance.ts'
import { memoryEngine, memoryStorage, rowsOf } from './memory-engine.ts'

const START = Date.UTC(2026, 10, 22, 13)

engineConformance('memory', async () => {
  const storage = memoryStorage()
  let now = START
  return {
    engine: memoryEngine(storage, () => now),
    now: () => now,
    advance: (ms) => {
      now += ms
    },
    account: async (id) => storage.accounts.get(id),
    attached: async () => storage.attached.length,
    verify: () => verify(rowsOf(storage, [1, 2, 7])),
    close: async () => {},
  }
})
