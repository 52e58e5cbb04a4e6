import { monotonicClock } from './clock.ts'
import type { Backend } from './backend.ts'
import { FaregateStore, type Surroundings } from './faregate-store.ts'
import { Pulse } from './pulse.ts'
import type { Log, Store, StoreOptions } from './store.ts'

const elapsed = (): number => performance.now()

/**
 * Opens the database, brings it to this program's schema, and resolves what ended processes left. Rejects with
 * `StoreLocked`, `StoreTooNew` or `StoreUnfit`, whose messages are for the operator.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const clock = monotonicClock(options.clock ?? { now: () => Date.now() }, elapsed)
  const log: Log = options.log ?? (() => undefined)
  const backend = await openBackend(options, { clock, log })
  try {
    const repeat: Surroundings['repeat'] = (name, everyMs, work, firstMs) => new Pulse(name, everyMs, work, log, firstMs)
    return await FaregateStore.start(backend, options, { clock, log, elapsed, repeat })
  } catch (error) {
    await backend.close()
    throw error
  }
}

/** Each engine is imported only where it is used: start-up time and memory. */
async function openBackend(options: StoreOptions, needs: { clock: { now(): number }; log: Log }): Promise<Backend> {
  if (options.databaseUrl === undefined) {
    const { SqliteBackend } = await import('./sqlite/sqlite-backend.ts')
    return SqliteBackend.open({ directory: options.directory, ...needs })
  }
  const { PostgresBackend } = await import('./postgres/postgres-backend.ts')
  return PostgresBackend.open({
    url: options.databaseUrl,
    schema: options.databaseSchema ?? 'public',
    directory: options.directory,
    log: needs.log,
  })
}
