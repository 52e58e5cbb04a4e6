import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Operation } from '@faregate/ledger'
import { capLeg, grant, hold, settle, wallet, walletLeg } from '../../ledger/test/conformance/build.ts'
import type { Store } from '../src/index.ts'
import { freshStoreFor, KINDS, openFor, placeFor, skipOf, type Kind, type Place, type Scope } from './databases.ts'
import { requestRecord } from './fixtures.ts'

const LEGS = [capLeg(5_000n), walletLeg()]
const MEMO = {
  organization: 'org_1',
  application: 'app_1',
  key: 'key_1',
  model: 'm',
  path: '/v1/chat/completions',
  stream: true,
  priceVersion: 'v1',
  user: 'u',
}
/** Another process, that this test plays. */
const OTHER = 900

async function run(store: Store, ...operations: Operation[]): Promise<void> {
  for (const outcome of await store.engine.commit(operations.map((operation) => ({ operation })))) assert.equal(outcome.status, 'ok')
}

async function storeWithOther(t: Scope, kind: Kind, heartbeatAt: number, lowWater = 1): Promise<{ store: Store; place: Place }> {
  const { store, place } = await freshStoreFor(t, kind)
  await run(store, wallet(), grant('g', 1_000n))
  await place.run('INSERT INTO instances (epoch, started_at, heartbeat_at, low_water_seq, resolved_at) VALUES (?, 0, ?, ?, NULL)', [
    OTHER,
    heartbeatAt,
    lowWater,
  ])
  return { store, place }
}

const other = (id: string, amount: bigint, more: object = {}) =>
  hold(id, amount, { instance: OTHER, legs: LEGS, memo: JSON.stringify(MEMO), ...more })

for (const kind of KINDS) {
  describe(`recovery on ${kind}`, { skip: skipOf(kind) }, () => {
    it('M23: open holds of a dead instance are posted up to the last durable mark, else voided', async (t) => {
      const { store } = await storeWithOther(t, kind, 0)
      await run(
        store,
        other('plain.0', 50n),
        other('stream.0', 40n),
        other('stream.1', 40n, { slice: 1, mark: 12n }),
        other('stream.2', 40n, { slice: 2, mark: 55n }),
      )
      assert.deepEqual(await store.instance.recover(), { instances: 1, posted: 1, voided: 1, records: 2 })
      const account = await store.read.selectFrom('accounts').selectAll().where('id', '=', 'w').executeTakeFirstOrThrow()
      assert.deepEqual([account.held, account.posted], [0n, 55n])
      const cap = await store.read.selectFrom('accounts').selectAll().where('id', '=', 'c@total').executeTakeFirstOrThrow()
      assert.deepEqual([cap.held, cap.posted], [0n, 55n])
      const entries = await store.read
        .selectFrom('entries')
        .select(['id', 'kind', 'memo'])
        .where('id', 'in', ['plain.settle', 'stream.settle'])
        .orderBy('id')
        .execute()
      assert.deepEqual(
        entries.map((entry) => [entry.id, entry.kind, entry.memo]),
        [
          ['plain.settle', 'void', '{"recovered":true}'],
          ['stream.settle', 'post', '{"recovered":true}'],
        ],
      )
      assert.deepEqual((await store.verify()).violations, [])
    })

    it('M23: an instance whose holds were resolved by recovery is told so', async (t) => {
      const { store } = await storeWithOther(t, kind, 0)
      await run(store, other('a.0', 50n), other('b.0', 50n), other('b.1', 1n, { slice: 1, mark: 5n }))
      await store.instance.recover()
      const late = [settle('a', 20n, { instance: OTHER }), settle('b', 20n, { instance: OTHER }), other('a.1', 1n, { slice: 1 })]
      const outcomes = await store.engine.commit(late.map((operation) => ({ operation })))
      assert.deepEqual(
        outcomes.map((outcome) => [outcome.status, 'amount' in outcome ? outcome.amount : undefined]),
        [
          ['already_voided', 0n],
          ['already_posted', 5n],
          ['already_voided', 0n],
        ],
      )
    })

    it('M24: a request that was settled and not recorded gets a record, delivery unconfirmed, once', async (t) => {
      const { store } = await storeWithOther(t, kind, 0)
      await run(store, other('r.0', 50n), other('known.0', 50n))
      await run(
        store,
        settle('r', 70n, { instance: OTHER, memo: JSON.stringify({ flags: ['excess'], latencyMs: 812, ttftMs: 20, estimated: true }) }),
        settle('known', 1n, { instance: OTHER }),
      )
      store.records.request(requestRecord('known'))
      await store.records.flush()
      assert.equal((await store.instance.recover()).records, 1)
      const row = await store.read.selectFrom('requests').selectAll().where('id', '=', 'r').executeTakeFirstOrThrow()
      const {
        organization_id: organization,
        application_id: application,
        key_id: key,
        end_user: user,
        model,
        cost,
        delivery,
        outcome,
        latency_ms: latency,
      } = row
      assert.deepEqual(
        { organization, application, key, user, model, cost, delivery, outcome, latency },
        {
          organization: 'org_1',
          application: 'app_1',
          key: 'key_1',
          user: 'u',
          model: 'm',
          cost: 70n,
          delivery: 'unconfirmed',
          outcome: 'served',
          latency: 812n,
        },
      )
      assert.deepEqual([row.flags, row.estimated, row.stream], ['["excess","rebuilt"]', 1n, 1n])
      const known = await store.read.selectFrom('requests').select('delivery').where('id', '=', 'known').executeTakeFirstOrThrow()
      assert.equal(known.delivery, 'confirmed')
      assert.equal((await store.instance.recover()).instances, 0)
    })

    it('M24: a process that was not dead after all has the last word on what it settled, and recovery on what that did', async (t) => {
      const { store, place } = await storeWithOther(t, kind, 0)
      await run(store, other('own.0', 50n), other('taken.0', 50n), other('taken.1', 1n, { slice: 1, mark: 5n }))
      await run(store, settle('own', 20n, { instance: OTHER, memo: JSON.stringify({ ttftMs: 20 }) }))
      assert.equal((await store.instance.recover()).records, 2)
      const nothing = { outcome: 'failed', status: 503, cost: 0n, delivery: 'none', ttftMs: null } as const
      for (const id of ['own', 'taken']) store.records.request({ ...requestRecord(id), ...nothing, flags: ['settled_late'] })
      await store.records.flush()
      const rows = await place.run('SELECT id, outcome, cost, delivery, ttft_ms, flags FROM requests ORDER BY id')
      assert.deepEqual(
        rows.map((row) => Object.values(row)),
        [
          ['own', 'failed', 0n, 'none', null, '["settled_late"]'],
          ['taken', 'partial', 5n, 'unconfirmed', null, '["recovered"]'],
        ],
      )
      await store.instance.recover()
      store.records.request({ ...requestRecord('own'), cost: 7n })
      await store.records.flush()
      assert.deepEqual(await place.run(`SELECT cost FROM requests WHERE id = 'own'`), [{ cost: 0n }])
    })

    it('M23: nothing below the low-water mark is read again', async (t) => {
      const { store, place } = await storeWithOther(t, kind, 0, 5)
      await run(store, other('below.0', 5n))
      await run(store, other('above.0', 5n))
      assert.equal((await store.instance.recover()).voided, 1)
      assert.deepEqual(await place.run(`SELECT id FROM entries WHERE kind = 'void'`), [{ id: 'above.settle' }])
    })
  })
}

describe('recovery among processes', () => {
  it('sqlite: what an earlier process left is resolved before the store is open', async (t) => {
    const place = await placeFor(t, 'sqlite')
    const first = await openFor(t, place.options)
    await run(first, wallet(), grant('g', 100n))
    await run(first, hold('r.0', 30n, { instance: first.instance.epoch }))
    await first.close()
    const second = await openFor(t, place.options)
    assert.ok(second.instance.epoch > first.instance.epoch)
    const account = await second.read.selectFrom('accounts').select(['held', 'posted']).where('id', '=', 'w').executeTakeFirstOrThrow()
    assert.deepEqual(account, { held: 0n, posted: 0n })
  })

  it(
    'postgres: M23: a living instance’s holds are left alone, and one that was resolved lives again',
    { skip: skipOf('postgres') },
    async (t) => {
      const { store, place } = await storeWithOther(t, 'postgres', Date.now())
      await run(store, other('r.0', 50n))
      assert.equal((await store.instance.recover()).instances, 0)
      const second = await openFor(t, place.options)
      assert.equal((await second.instance.recover()).instances, 0)
      const account = await store.read.selectFrom('accounts').select('held').where('id', '=', 'w').executeTakeFirstOrThrow()
      assert.equal(account.held, 50n)
      await place.run('UPDATE instances SET heartbeat_at = heartbeat_at - 31000 WHERE epoch = ?', [OTHER])
      assert.equal((await second.instance.recover()).instances, 1)
    },
  )
})
