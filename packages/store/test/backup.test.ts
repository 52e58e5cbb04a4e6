import assert from 'node:assert/strict'
import { existsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { LedgerUnavailable } from '@faregate/ledger'
import { capLeg, grant, hold, settle, wallet, walletLeg } from '../../ledger/test/conformance/build.ts'
import { appendAudit, bumpConfiguration, openStore, StoreTooNew, StoreUnfit, type Schema, type Store } from '../src/index.ts'
import { TABLES } from '../src/tables.ts'
import { freshStoreFor, noPostgres, placeFor, skipOf, type Kind } from './databases.ts'
import { requestRecord } from './fixtures.ts'

const LEGS = [capLeg(500n), walletLeg()]
const WAYS: [Kind, Kind][] = [
  ['sqlite', 'sqlite'],
  ['postgres', 'postgres'],
  ['sqlite', 'postgres'],
  ['postgres', 'sqlite'],
]

/** Something in every table, and one hold that is open. */
async function fill(store: Store): Promise<void> {
  await store.engine.commit([{ operation: wallet() }, { operation: grant('g', 100n) }, { operation: hold('r.0', 30n, { legs: LEGS }) }])
  await store.engine.commit([
    { operation: settle('r', 25n) },
    { operation: hold('open.0', 5n, { instance: store.instance.epoch, legs: LEGS }) },
  ])
  // Of today: old records are swept away five seconds after the start, which a slow machine reaches in mid-test.
  const at = Date.now()
  store.records.request(requestRecord('r', { at, user: 'a "quoted", {braced} user \\ é 🙂', attempts: [] }))
  store.records.denial({
    id: 'dn_1',
    at,
    requestId: 'r',
    organization: null,
    key: null,
    code: 'cap_key',
    problem: '{}',
    trace: [],
    operatorDetail: null,
    configurationVersion: 1,
  })
  await store.write(async (trx) => {
    await trx
      .insertInto('organizations')
      .values({ id: 'org_1', name: 'Acme', currency: 'USD', zone: 'UTC', overdraft: 0, created_at: 1 })
      .execute()
    await trx.insertInto('applications').values({ id: 'app_1', organization_id: 'org_1', name: 'web', created_at: 1 }).execute()
    const key = {
      id: 'key_1',
      application_id: 'app_1',
      name: 'k',
      hash: 'h',
      last_four: 'abcd',
      scopes: '[]',
      models: null,
      apis: null,
      cap_amount: 9_007_199_254_740_993n,
    }
    await trx
      .insertInto('keys')
      .values({ ...key, cap_period: 'day', expires_at: null, enabled: 1, revoked_at: null, created_at: 1 })
      .execute()
    await trx.insertInto('models').values({ name: 'm', definition: '{}', created_at: 1, updated_at: 1 }).execute()
    await appendAudit(trx, {
      id: 'au_1',
      at: 1,
      actor: 'operator',
      action: 'x',
      subject: 'y',
      organization_id: null,
      before: null,
      after: '{}',
    })
    await bumpConfiguration(trx)
  })
  await store.records.flush()
}

/** Every row of every table that a backup is about, except those that tell of running processes. */
async function contents(store: Store): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {}
  for (const table of TABLES) {
    if (table === 'instances' || table === 'counters' || table === 'meta') continue
    const rows: Record<string, unknown>[] = await store.read
      .selectFrom(table as keyof Schema)
      .selectAll()
      .execute()
    const texts = rows.map((row) => JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value)))
    found[table] = texts.filter((text) => !text.includes('open.')).toSorted()
  }
  return found
}

function nameOf(error: unknown): string {
  return error instanceof LedgerUnavailable ? 'unavailable' : String(error)
}

describe('backup and restore, while running', () => {
  for (const [from, to] of WAYS) {
    it(
      `carries everything from ${from} to ${to}; open holds are voided, the configuration moves on`,
      { skip: from === to ? skipOf(from) : noPostgres },
      async (t) => {
        const source = await freshStoreFor(t, from)
        const target = await freshStoreFor(t, to)
        await fill(source.store)
        const file = join(source.place.options.directory, 'backup.sqlite')
        await source.store.backup(file)
        assert.equal(statSync(file).mode & 0o777, 0o600)
        const before = await target.store.configurationVersion()
        await target.store.restore(file)
        const [expected, actual] = [await contents(source.store), await contents(target.store)]
        // The void of the open hold is what differs.
        const { accounts: _expectedAccounts, lots: _expectedLots, ...expectedRest } = expected
        const { accounts: _actualAccounts, lots: _actualLots, ...actualRest } = actual
        assert.deepEqual(actualRest, expectedRest)
        const [settled] = await target.place.run(`SELECT kind FROM entries WHERE id = 'open.settle'`)
        assert.equal(settled?.['kind'], 'void')
        const [row] = await target.place.run(`SELECT held, posted FROM accounts WHERE id = 'w'`)
        assert.deepEqual([Number(row?.['held']), Number(row?.['posted'])], [0, 25])
        assert.deepEqual((await target.store.verify()).violations, [])
        assert.ok((await target.store.configurationVersion()) > Math.max(before, await source.store.configurationVersion()))
        const [again] = await target.store.engine.commit([{ operation: hold('next.0', 75n, { instance: target.store.instance.epoch }) }])
        assert.equal(again?.status, 'ok')
      },
    )
  }

  for (const kind of ['sqlite', 'postgres'] as const) {
    it(`${kind}: ledger operations are unavailable while a restore runs, and go on after it`, { skip: skipOf(kind) }, async (t) => {
      const { store, place: where } = await freshStoreFor(t, kind)
      await fill(store)
      const file = join(where.options.directory, 'backup.sqlite')
      await store.backup(file)
      const restoring = store.restore(file)
      const outcomes: string[] = []
      const done = restoring.then(() => true)
      for (let n = 0; !(await Promise.race([done, setImmediate(false)])); n++) {
        const operation = hold(`during${n}.0`, 0n)
        outcomes.push(await store.engine.commit([{ operation }]).then(() => 'decided', nameOf))
      }
      await restoring
      assert.ok(outcomes.includes('unavailable'))
      assert.deepEqual(
        outcomes.filter((one) => one !== 'unavailable' && one !== 'decided'),
        [],
      )
      const [after] = await store.engine.commit([{ operation: hold('after.0', 1n, { instance: store.instance.epoch }) }])
      assert.equal(after?.status, 'ok')
      assert.deepEqual((await store.verify()).violations, [])
    })

    it(
      `${kind}: refuses what is no backup, a damaged one, a newer one, and one of another secret; nothing changes`,
      { skip: skipOf(kind) },
      async (t) => {
        const { store, place: where } = await freshStoreFor(t, kind, { secretFingerprint: 'ours' })
        const foreign = await freshStoreFor(t, 'sqlite', { secretFingerprint: 'theirs' })
        await fill(store)
        const before = await contents(store)
        const at = (name: string): string => join(where.options.directory, name)
        writeFileSync(at('text'), 'not a database')
        await assert.rejects(store.restore(at('text')), StoreUnfit)
        await assert.rejects(store.restore(at('missing')), StoreUnfit)
        await foreign.store.backup(at('foreign'))
        await assert.rejects(store.restore(at('foreign')), StoreUnfit)
        await foreign.place.run(`UPDATE meta SET value = '999' WHERE key = 'schema_version'`)
        await foreign.store.backup(at('newer'))
        await assert.rejects(store.restore(at('newer')), StoreTooNew)
        assert.deepEqual(await contents(store), before)
        const [outcome] = await store.engine.commit([{ operation: hold('after.0', 1n, { instance: store.instance.epoch }) }])
        assert.equal(outcome?.status, 'ok')
      },
    )

    it(`${kind}: never overwrites a file`, { skip: skipOf(kind) }, async (t) => {
      const { store, place: where } = await freshStoreFor(t, kind)
      const file = join(where.options.directory, 'taken')
      writeFileSync(file, 'precious')
      await assert.rejects(store.backup(file), StoreUnfit)
      assert.equal(existsSync(`${file}.partial`), false)
    })
  }
})

describe('the root secret', () => {
  for (const kind of ['sqlite', 'postgres'] as const) {
    it(
      `${kind}: a process with another one refuses to start, and says what to do`,
      { skip: kind === 'postgres' ? noPostgres : false },
      async (t) => {
        const where = await placeFor(t, kind)
        await (await openStore({ ...where.options, secretFingerprint: 'one' })).close()
        await (await openStore({ ...where.options, secretFingerprint: 'one' })).close()
        await assert.rejects(
          openStore({ ...where.options, secretFingerprint: 'two' }),
          (error: Error) => error instanceof StoreUnfit && /FAREGATE_SECRET/.test(error.message),
        )
        await (await openStore({ ...where.options, secretFingerprint: 'one' })).close()
      },
    )
  }
})
