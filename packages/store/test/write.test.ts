import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { grant, wallet } from '../../ledger/test/conformance/build.ts'
import { appendAudit, brokenAuditRow, bumpConfiguration } from '../src/index.ts'
import { openConnection } from '../src/sqlite/connection.ts'
import { freshStoreFor, KINDS, skipOf } from './databases.ts'

const event = (id: string) => ({
  id,
  at: 1,
  actor: 'operator',
  action: 'x',
  subject: 'y',
  organization_id: null,
  before: null,
  after: '{"a":1}',
})

for (const kind of KINDS) {
  describe(`transactions on ${kind}`, { skip: skipOf(kind) }, () => {
    it('write everything, or nothing when the work throws', async (t) => {
      const { store } = await freshStoreFor(t, kind)
      const failing = store.write(async (trx) => {
        await trx.insertInto('meta').values({ key: 'a', value: '1' }).execute()
        throw new Error('changed my mind')
      })
      await assert.rejects(failing, /changed my mind/)
      await store.write((trx) => trx.insertInto('meta').values({ key: 'b', value: '1' }).execute())
      const rows = await store.read.selectFrom('meta').select('key').where('key', 'in', ['a', 'b']).execute()
      assert.deepEqual(rows, [{ key: 'b' }])
    })

    it('come one after the other', async (t) => {
      const { store } = await freshStoreFor(t, kind)
      await store.write((trx) => trx.insertInto('meta').values({ key: 'n', value: '0' }).execute())
      const increment = () =>
        store.write(async (trx) => {
          const { value } = await trx.selectFrom('meta').select('value').where('key', '=', 'n').executeTakeFirstOrThrow()
          await trx
            .updateTable('meta')
            .set({ value: String(Number(value) + 1) })
            .where('key', '=', 'n')
            .execute()
        })
      await Promise.all(Array.from({ length: 20 }, increment))
      const { value } = await store.read.selectFrom('meta').select('value').where('key', '=', 'n').executeTakeFirstOrThrow()
      assert.equal(value, '20')
    })

    it('bump the configuration’s version for every reader', async (t) => {
      const { store } = await freshStoreFor(t, kind)
      const before = await store.configurationVersion()
      assert.equal(await store.write((trx) => bumpConfiguration(trx)), before + 1)
      assert.equal(await store.configurationVersion(), before + 1)
    })

    it('chain the audit, from management and from ledger operations alike; a change shows', async (t) => {
      const { store, place } = await freshStoreFor(t, kind)
      await store.write((trx) => appendAudit(trx, event('au_1')))
      await Promise.all([
        store.engine.commit([
          { operation: wallet(), attach: [{ table: 'audit', values: event('au_2') }] },
          { operation: grant('g', 1n), attach: [{ table: 'audit', values: event('au_3') }] },
          { operation: grant('g', 2n), attach: [{ table: 'audit', values: event('au_not_written') }] },
        ]),
        store.write((trx) => appendAudit(trx, event('au_4'))),
      ])
      const rows = await store.read.selectFrom('audit').select('id').orderBy('id').execute()
      assert.deepEqual(
        rows.map((row) => row.id),
        ['au_1', 'au_2', 'au_3', 'au_4'],
      )
      assert.equal(await brokenAuditRow(store.read), undefined)
      await place.run(`UPDATE audit SET after = '{"a":2}' WHERE id = 'au_2'`)
      const { seq } = await store.read.selectFrom('audit').select('seq').where('id', '=', 'au_2').executeTakeFirstOrThrow()
      assert.equal(await brokenAuditRow(store.read), seq)
      await place.run(`UPDATE audit SET after = '{"a":1}' WHERE id = 'au_2'`)
      await place.run('DELETE FROM audit WHERE seq = 4')
      assert.equal(await brokenAuditRow(store.read), 4n)
    })

    it('are ready', async (t) => {
      const { store } = await freshStoreFor(t, kind)
      const { ok, clockAheadMs } = await store.ready()
      assert.equal(ok, true)
      if (kind === 'sqlite') assert.equal(clockAheadMs, undefined, 'it has no clock of its own')
      else assert.ok(Math.abs(clockAheadMs ?? Number.NaN) < 2_000, `${clockAheadMs} ms`)
    })
  })
}

describe('SQLite', () => {
  it('does not let work that outlived its transaction write outside of any', async (t) => {
    const { store } = await freshStoreFor(t, 'sqlite')
    let leaked: Promise<unknown> | undefined
    await store.write(async (trx) => {
      leaked = new Promise((resolve) => setTimeout(resolve, 50)).then(() =>
        trx.insertInto('meta').values({ key: 'late', value: '1' }).execute(),
      )
      leaked.catch(() => undefined)
    })
    await assert.rejects(Promise.resolve(leaked))
    assert.equal(await store.read.selectFrom('meta').selectAll().where('key', '=', 'late').executeTakeFirst(), undefined)
  })

  it('reads the hot path through indexes alone', async (t) => {
    const { place } = await freshStoreFor(t, 'sqlite')
    const { prepareLedger } = await import('../src/sqlite/ledger-statements.ts')
    const { OPEN_HOLDS, openHoldsOf } = await import('../src/open-holds.ts')
    const db = openConnection(join(place.options.directory, 'faregate.sqlite'), { readonly: false })
    t.after(() => db.close())
    const plan = (text: string): string =>
      (db.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...Array<number>(text.split('?').length - 1).fill(1)) as { detail: string }[])
        .map((row) => row.detail)
        .join('; ')
    const { entry, entriesBetween, entriesBeside, account, openLots, lot } = prepareLedger(db)
    for (const statement of [entry, entriesBetween, entriesBeside, account, openLots, lot])
      assert.doesNotMatch(plan(statement.source), /SCAN/, statement.source)
    assert.match(plan(openHoldsOf('1', '5', '9')), /SEARCH h USING INTEGER PRIMARY KEY \(rowid>\? AND rowid<\?\)/)
    assert.match(plan(OPEN_HOLDS), /SEARCH s USING/)
  })
})
