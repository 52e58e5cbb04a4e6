import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { LedgerUnavailable } from '@faregate/ledger'
import { CommitQueue } from '@faregate/ledger/queue'
import { sql } from 'kysely'
import { capLeg, grant, hold, settle, wallet, walletLeg } from '../../ledger/test/conformance/build.ts'
import { openConnection } from '../src/sqlite/connection.ts'
import { freshStoreFor, noPostgres, openFor, placeFor } from './databases.ts'

describe('a database that fails', () => {
  it('sqlite: M25: locked by another process, it is unavailable quickly, not ready, and back when the lock goes', async (t) => {
    const { store, place } = await freshStoreFor(t, 'sqlite')
    await store.engine.commit([{ operation: wallet() }])
    const other = openConnection(join(place.options.directory, 'faregate.sqlite'), { readonly: false })
    t.after(() => other.close())
    other.exec('BEGIN IMMEDIATE')
    const begun = performance.now()
    await assert.rejects(store.engine.commit([{ operation: grant('g', 5n) }]), LedgerUnavailable)
    assert.ok(performance.now() - begun < 4_000)
    const readiness = await store.ready()
    assert.equal(readiness.ok, false)
    assert.match(readiness.detail ?? '', /locked/)
    assert.equal((await store.read.selectFrom('accounts').selectAll().execute()).length, 1, 'reading goes on')
    other.exec('ROLLBACK')
    assert.deepEqual(await store.ready(), { ok: true })
    const [outcome] = await store.engine.commit([{ operation: grant('g', 5n) }])
    assert.equal(outcome?.status, 'ok')
  })

  it('sqlite: M25: a full disk makes it unavailable, and room brings it back', async (t) => {
    const { store } = await freshStoreFor(t, 'sqlite')
    await store.engine.commit([{ operation: wallet() }])
    await store.write((trx) => sql`PRAGMA max_page_count = 1`.execute(trx))
    const big = 'x'.repeat(100_000)
    await assert.rejects(store.engine.commit([{ operation: grant('g', 5n, { reason: big }) }]), LedgerUnavailable)
    await store.write((trx) => sql`PRAGMA max_page_count = 1000000`.execute(trx))
    const [outcome] = await store.engine.commit([{ operation: grant('g', 5n, { reason: big }) }])
    assert.equal(outcome?.status, 'ok')
    assert.deepEqual((await store.verify()).violations, [])
  })

  for (const kind of ['sqlite', 'postgres'] as const) {
    it(
      `${kind}: M17: an attached row that cannot be written takes its operation with it, and no other`,
      { skip: kind === 'postgres' && noPostgres },
      async (t) => {
        const { store } = await freshStoreFor(t, kind)
        const queue = new CommitQueue(store.engine)
        const values = { scope: 's', key: 'k', request_hash: 'h', status: 201, response: '{}', created_at: 1 }
        await queue.submit(wallet())
        const attach = [{ table: 'idempotency' as const, values }]
        const results = await Promise.allSettled([
          queue.submit(grant('a', 5n), { attach }),
          queue.submit(grant('b', 7n), { attach }),
          queue.submit(grant('c', 9n)),
        ])
        assert.deepEqual(
          results.map((result) => result.status),
          ['fulfilled', 'rejected', 'fulfilled'],
        )
        const lots = await store.read.selectFrom('lots').select('id').orderBy('id').execute()
        assert.deepEqual(
          lots.map((lot) => lot.id),
          ['a', 'c'],
        )
        assert.deepEqual((await store.verify()).violations, [])
      },
    )
  }

  it('postgres: M17: a connection lost in mid-commit: the same ids again are decided once', { skip: noPostgres }, async (t) => {
    const { store, place } = await freshStoreFor(t, 'postgres')
    const queue = new CommitQueue(store.engine, { retryMs: 5 })
    await queue.submit(wallet())
    await queue.submit(grant('g', 10_000n))
    const terminate = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'faregate ledger' AND pid <> pg_backend_pid()
      AND pid IN (SELECT pid FROM pg_locks WHERE relation = 'entries'::regclass)`
    const outcomes: string[] = []
    let lost = 0
    let sent = 0
    for (let round = 0; lost < 3 && round < 100; round++) {
      const submitted = Array.from({ length: 20 }, (_, n) => queue.submit(hold(`r${round}x${n}.0`, 1n, { instance: store.instance.epoch })))
      sent += submitted.length
      lost += (await place.run(terminate)).length
      for (const outcome of await Promise.all(submitted)) outcomes.push(outcome.status)
    }
    assert.ok(lost > 0, 'no connection was lost in mid-transaction')
    assert.deepEqual(new Set(outcomes), new Set(['ok']))
    const account = await store.read.selectFrom('accounts').select('held').where('id', '=', 'w').executeTakeFirstOrThrow()
    assert.equal(account.held, BigInt(sent))
    assert.deepEqual((await store.verify()).violations, [])
  })

  it(
    'postgres: M17: 3 processes, 500 parallel holds against room for 10: exactly 10, on wallet and cap',
    { skip: noPostgres },
    async (t) => {
      const place = await placeFor(t, 'postgres')
      const stores = [await openFor(t, place.options), await openFor(t, place.options), await openFor(t, place.options)]
      const [first] = stores
      await first?.engine.commit([{ operation: wallet() }, { operation: grant('g', 100n) }])
      const queues = stores.map((store) => ({ queue: new CommitQueue(store.engine), instance: store.instance.epoch }))
      const legs = [capLeg(10_000n), walletLeg()]
      const outcomes = await Promise.all(
        Array.from({ length: 500 }, (_, n) => {
          const { queue, instance } = queues[n % 3] ?? assert.fail()
          return queue.submit(hold(`r${n}.0`, 10n, { instance, legs }))
        }),
      )
      assert.equal(outcomes.filter((outcome) => outcome.status === 'ok').length, 10)
      assert.ok(outcomes.every((outcome) => outcome.status === 'ok' || (outcome.status === 'insufficient' && outcome.reserved)))
      const report = await first?.verify()
      assert.deepEqual(report?.violations, [])
      const entries = await place.run(`SELECT count(*) AS n, max(seq) AS last FROM entries`)
      assert.equal(Number(entries[0]?.['n']), Number(entries[0]?.['last']), 'no gap in the sequence')
      assert.equal((await queues[0]?.queue.submit(settle('none', 0n)))?.status, 'hold_unknown')
    },
  )
})
