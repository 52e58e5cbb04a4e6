import type { VerifyReport } from '@faregate/ledger'
import { engineConformance } from './conformance.ts'
import { memoryEngine, memoryStorage } from './memory-engine.ts'

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
    verify: async (): Promise<VerifyReport> => ({ ok: true, checked: {}, violations: [] }),
    close: async () => {},
  }
})
