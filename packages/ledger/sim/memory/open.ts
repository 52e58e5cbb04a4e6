import type { commitUnderLock } from '../../test/memory-engine.ts'
import type { Database } from '../database.ts'
import type { DatabaseNeeds } from '../world.ts'
import { MemoryDatabase } from './memory-database.ts'

/** Opens databases in memory; `commit`: a mistake that a test plants into how a batch is decided and written. */
export function inMemory(commit?: typeof commitUnderLock): (needs: DatabaseNeeds) => Promise<Database> {
  return async (needs) => new MemoryDatabase({ ...needs, ...(commit === undefined ? {} : { commit }) })
}
