import { join } from 'node:path'
import { after, before, describe } from 'node:test'
import type { AttachedRow, BatchItem, LedgerEngine } from '@faregate/ledger'
import { LedgerUnavailable } from '@faregate/ledger/port'
import { movableClock } from '../../../tests/support/database-clock.ts'
import { engineConformance, type EngineUnderTest } from '../../ledger/test/conformance.ts'
import type { Store } from '../src/index.ts'
import { accountFromRow, ACCOUNT_COLUMNS, type AccountTuple } from '../src/ledger-rows.ts'
import { freshDatabase, freshStore, KINDS, skipOf, TestClock, type Fresh, type Place } from './databases.ts'

for (const kind of KINDS) {
  describe(`on ${kind}`, { skip: skipOf(kind) }, () => {
    const clock = new TestClock()
    let empty = ''
    let fresh: Fresh
    let told: () => Promise<void>
    before(async () => {
      fresh = kind === 'sqlite' ? await freshStore(kind, { clock }) : await freshDatabase()
      told = kind === 'sqlite' ? async () => undefined : await toldTo(fresh.place, clock)
      empty = join(fresh.place.options.directory, 'empty.sqlite')
      await fresh.store.backup(empty)
    })
    after(() => fresh.close())
    engineConformance(kind, async () => {
      await fresh.store.restore(empty)
      const advance = (ms: number): Promise<void> => {
        clock.time += ms
        return told()
      }
      return { ...underTest(fresh.store, fresh.place), now: () => clock.now(), advance }
    })
  })
}

/** Tells a database the time of a clock, now and whenever what it gives is called; the instance lives meanwhile. */
async function toldTo(place: Place, clock: TestClock): Promise<() => Promise<void>> {
  const database = await movableClock({ query: place.run })
  const told = async (): Promise<void> => {
    await database.stand(clock.time)
    await place.run('UPDATE instances SET heartbeat_at = ?', [clock.time])
  }
  await told()
  return told
}

function underTest(store: Store, place: Place): Omit<EngineUnderTest, 'now' | 'advance'> {
  return {
    engine: { commit: (batch) => commit(store.engine, batch.map(complete)) },
    account: async (id) => {
      const [row] = await place.run(`SELECT ${ACCOUNT_COLUMNS} FROM accounts WHERE id = ?`, [id])
      return row === undefined ? undefined : accountFromRow(Object.values(row) as AccountTuple)
    },
    attached: async () => Number((await place.run('SELECT count(*) AS n FROM idempotency'))[0]?.['n']),
    verify: () => store.verify(),
    close: async () => {},
  }
}

/** As the queue does: a batch that was not decided, because its period had ended meanwhile, is sent again. */
async function commit(engine: LedgerEngine, batch: BatchItem[]): ReturnType<LedgerEngine['commit']> {
  try {
    return await engine.commit(batch)
  } catch (error) {
    if (!(error instanceof LedgerUnavailable)) throw error
    return engine.commit(batch)
  }
}

/** The suite attaches rows that have a key only. */
function complete(item: BatchItem): BatchItem {
  if (item.attach === undefined) return item
  const values = { scope: 's', request_hash: 'h', status: 201, response: '{}', created_at: 1 }
  return { ...item, attach: item.attach.map((row): AttachedRow => ({ ...row, values: { ...values, ...row.values } })) }
}
