import assert from 'node:assert/strict'
import { it } from 'node:test'
import { CommitQueue } from '@faregate/ledger/queue'
import { capLeg, grant, hold, settle, wallet, walletLeg } from '../../ledger/test/conformance/build.ts'
import { freshStoreFor, noPostgres } from './databases.ts'

const MONTH_MS = 32 * 86_400_000

it(
  'M8: a period that ends while a batch is read is seen by the database’s clock, whatever was foreseen',
  { skip: noPostgres },
  async (t) => {
    const { store } = await freshStoreFor(t, 'postgres')
    const failures: unknown[] = []
    const queue = new CommitQueue(store.engine, { onFailure: (error) => failures.push(error) })
    const instance = store.instance.epoch
    const legs = [capLeg(100n, { period: 'month', zone: 'UTC' }), walletLeg('w')]
    await Promise.all([wallet(), grant('g', 100n)].map((operation) => queue.submit(operation)))
    await queue.submit(hold('a.0', 10n, { legs, instance }))
    // The process's clock leaps: what it foresees from now on lies in a period that does not run yet.
    const real = Date.now
    t.mock.method(Date, 'now', () => real() + MONTH_MS)
    const outcome = await queue.submit(hold('b.0', 10n, { legs, instance }))
    assert.equal(outcome.status, 'ok')
    assert.equal(failures.length, 1)
    for (const request of ['a', 'b']) assert.equal((await queue.submit(settle(request, 5n, { instance }))).status, 'ok')
    assert.equal(failures.length, 1)
    const caps = await store.read.selectFrom('accounts').select(['posted']).where('kind', '=', 'cap').where('entries', '>', 0n).execute()
    assert.deepEqual(caps, [{ posted: 10n }])
    assert.deepEqual((await store.verify()).violations, [])
  },
)
