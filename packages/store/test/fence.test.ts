import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, it } from 'node:test'
import { LedgerUnavailable, type Operation } from '@faregate/ledger'
import { CommitQueue } from '@faregate/ledger/queue'
import { Client } from 'pg'
import { grant, hold, settle, wallet } from '../../ledger/test/conformance/build.ts'
import type { Store } from '../src/index.ts'
import { Instances } from '../src/instances.ts'
import { PostgresBackend } from '../src/postgres/postgres-backend.ts'
import { recover } from '../src/recovery.ts'
import { noPostgres, openFor, placeFor, POSTGRES_URL, type Place, type Scope } from './databases.ts'

async function twoStores(t: Scope): Promise<{ place: Place; first: Store; second: Store }> {
  const place = await placeFor(t, 'postgres')
  const first = await openFor(t, place.options)
  const second = await openFor(t, place.options)
  await commit(first, wallet(), grant('g', 100n))
  return { place, first, second }
}

async function commit(store: Store, ...operations: Operation[]): Promise<string[]> {
  const outcomes = await store.engine.commit(operations.map((operation) => ({ operation })))
  return outcomes.map((outcome) => outcome.status)
}

const silence = (place: Place, store: Store): Promise<unknown> =>
  place.run('UPDATE instances SET heartbeat_at = 1 WHERE epoch = ?', [store.instance.epoch])

describe('an instance that was taken for dead', { skip: noPostgres }, () => {
  it('M23: takes nothing before it has said that it lives, and what it takes then is found when it dies', async (t) => {
    const { place, first, second } = await twoStores(t)
    const instance = first.instance.epoch
    await silence(place, first)
    assert.equal((await second.instance.recover()).instances, 1)
    await assert.rejects(commit(first, hold('a.0', 5n, { instance })), LedgerUnavailable)
    const queue = new CommitQueue(first.engine)
    assert.equal((await queue.submit(hold('b.0', 5n, { instance }))).status, 'ok')
    const rows = await place.run('SELECT resolved_at FROM instances WHERE epoch = ?', [instance])
    assert.deepEqual(rows, [{ resolved_at: null }])
    await silence(place, first)
    assert.deepEqual(await second.instance.recover(), { instances: 1, posted: 0, voided: 1, records: 1 })
    const held = await second.read.selectFrom('accounts').select('held').where('id', '=', 'w').executeTakeFirstOrThrow()
    assert.equal(held.held, 0n)
  })

  it('M23: is recovered only after its batch on the way has ended, and with it', async (t) => {
    const { place, first, second } = await twoStores(t)
    const instance = first.instance.epoch
    const other = await lockedByAnother(t, place)
    await silence(place, first)
    // The batch of the first stands behind that lock, its transaction open.
    const holding = commit(first, hold('a.0', 5n, { instance }))
    await waiting(other, 'ledger')
    const recovering = second.instance.recover()
    await waiting(other, 'queries')
    await other.query('COMMIT')
    assert.deepEqual(await holding, ['ok'])
    assert.deepEqual(await recovering, { instances: 1, posted: 0, voided: 1, records: 1 })
    assert.deepEqual((await second.verify()).violations, [])
  })

  it('M23: that goes on while it is recovered keeps what it holds from then on', async (t) => {
    const { place, first, second } = await twoStores(t)
    const instance = first.instance.epoch
    await commit(first, hold('a.0', 5n, { instance }))
    await silence(place, first)
    assert.equal((await second.instance.recover()).voided, 1)
    const queue = new CommitQueue(first.engine)
    assert.equal((await queue.submit(hold('b.0', 5n, { instance }))).status, 'ok')
    assert.equal((await second.instance.recover()).instances, 0)
    assert.equal((await queue.submit(settle('a', 5n, { instance }))).status, 'already_voided')
    assert.equal((await queue.submit(settle('b', 5n, { instance }))).status, 'ok')
  })
})

describe('recovery', { skip: noPostgres }, () => {
  it('M23: leaves alone what an instance took that came back between the look and the settle', async (t) => {
    const { place, first } = await twoStores(t)
    const instance = first.instance.epoch
    await commit(first, hold('a.0', 5n, { instance }))
    await silence(place, first)
    const backend = await PostgresBackend.open({
      url: POSTGRES_URL,
      schema: place.options.databaseSchema ?? '',
      directory: '',
      log: () => {},
    })
    t.after(() => backend.close())
    const queue = new CommitQueue(first.engine)
    const report = await recover({
      epoch: 99,
      instances: new Instances(backend.read, (work) => backend.write(work), { now: () => backend.now(), elapsed: () => 0 }),
      read: backend.read,
      settle: async (items, fenced) => {
        for (const slice of [1, 2]) await queue.submit(hold(`a.${slice}`, 5n, { instance, slice }))
        return backend.commit(items, { epoch: 99, fenced })
      },
      insert: async () => {},
      log: () => {},
      silentMs: 30_000,
    })
    assert.equal(report.instances, 0)
    assert.equal((await queue.submit(settle('a', 12n, { instance, slices: 3 }))).status, 'ok')
    assert.deepEqual((await first.verify()).violations, [])
  })
})

/** A connection that holds the wallet's row. */
async function lockedByAnother(t: Scope, place: Place): Promise<Client> {
  const client = new Client({ connectionString: POSTGRES_URL, application_name: `test ${randomUUID()}` })
  await client.connect()
  t.after(() => client.end())
  await client.query(`SET search_path TO ${place.options.databaseSchema}`)
  await client.query('BEGIN')
  await client.query(`SELECT 1 FROM accounts WHERE id = 'w' FOR UPDATE`)
  return client
}

/** Resolves when a connection of this name waits for a lock; the tables of the schema are this test's alone. */
async function waiting(client: Client, name: string): Promise<void> {
  for (let looks = 0; looks < 5_000; looks++) {
    const { rows } = await client.query(
      `SELECT 1 FROM pg_stat_activity a WHERE application_name = $1 AND wait_event_type = 'Lock'
       AND EXISTS (SELECT 1 FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE l.pid = a.pid
       AND c.relnamespace = current_schema()::regnamespace)`,
      [`faregate ${name}`],
    )
    if (rows.length > 0) return
  }
  assert.fail(`no connection called ${name} waits for a lock`)
}
