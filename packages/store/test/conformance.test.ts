import { join } from 'node:path'
import { after, before, describe } from 'node:test'
import type { AttachedRow, BatchItem } from '@faregate/ledger'
import { engineConformance, type EngineUnderTest } from '../../ledger/test/conformance.ts'
import type { Store } from '../src/index.ts'
import { accountFromRow, ACCOUNT_COLUMNS, type AccountTuple } from '../src/ledger-rows.ts'
import { freshStore, KINDS, skipOf, TestClock, type Kind, type Place } from './databases.ts'

for (const kind of KINDS) {
  describe(`on ${kind}`, { skip: skipOf(kind) }, () => {
    const clock = new TestClock()
    let empty = ''
    let fresh: { store: Store; place: Place; close(): Promise<void> }
    before(async () => {
      fresh = await freshStore(kind, { clock })
      empty = join(fresh.place.options.directory, 'empty.sqlite')
      await fresh.store.backup(empty)
    })
    after(() => fresh.close())
    engineConformance(kind, async () => {
      await fresh.store.restore(empty)
      return underTest(kind, fresh.store, fresh.place, clock)
    })
  })
}

function underTest(kind: Kind, store: Store, place: Place, clock: TestClock): EngineUnderTest {
  const tested: EngineUnderTest = {
    engine: { commit: (batch) => store.engine.commit(batch.map(complete)) },
    now: () => (kind === 'sqlite' ? clock.now() : Date.now()),
    account: async (id) => {
      const [row] = await place.run(`SELECT ${ACCOUNT_COLUMNS} FROM accounts WHERE id = ?`, [id])
      return row === undefined ? undefined : accountFromRow(Object.values(row) as AccountTuple)
    },
    attached: async () => Number((await place.run('SELECT count(*) AS n FROM idempotency'))[0]?.['n']),
    verify: () => store.verify(),
    close: async () => {},
  }
  if (kind === 'sqlite') {
    tested.advance = (ms) => {
      clock.time += ms
    }
  }
  return tested
}

/** The suite attaches rows that have a key only. */
function complete(item: BatchItem): BatchItem {
  if (item.attach === undefined) return item
  const values = { scope: 's', request_hash: 'h', status: 201, response: '{}', created_at: 1 }
  return { ...item, attach: item.attach.map((row): AttachedRow => ({ ...row, values: { ...values, ...row.values } })) }
}
