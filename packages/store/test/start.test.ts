import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { wallet } from '../../ledger/test/conformance/build.ts'
import { openStore, StoreLocked, StoreTooNew, StoreUnfit } from '../src/index.ts'
import { MIGRATIONS } from '../src/migrations/migration.ts'
import { checkServer } from '../src/postgres/connect.ts'
import { migrate as migratePostgres } from '../src/postgres/migrate.ts'
import { openConnection, openWriter } from '../src/sqlite/connection.ts'
import { migrate } from '../src/sqlite/migrate.ts'
import { freshStoreFor, KINDS, noPostgres, openFor, placeFor, POSTGRES_URL, skipOf, temporaryDirectory, type Scope } from './databases.ts'

const NEWEST = MIGRATIONS.at(-1)?.number ?? 0
const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url))

/** A process that uses a directory's store and prints what it has confirmed. */
function startChild(test: Scope, directory: string, ...more: string[]): { child: ChildProcess; lines: AsyncIterator<string> } {
  const child = spawn(process.execPath, [CHILD, directory, ...more], { stdio: ['ignore', 'pipe', 'inherit'] })
  test.after(() => void child.kill('SIGKILL'))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return { child, lines }
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL')
  await once(child, 'exit')
}

describe('starting', () => {
  it('M19: a second process on the same directory is refused and told why; a kill frees the lock', async (t) => {
    const directory = temporaryDirectory(t)
    const { child, lines } = startChild(t, directory.path, 'idle')
    await lines.next()
    await assert.rejects(openStore({ directory: directory.path }), (error: Error) => {
      return error instanceof StoreLocked && error.message.includes(directory.path)
    })
    await kill(child)
    await (await openStore({ directory: directory.path })).close()
  })

  it('M17, M23: SIGKILL in mid-commit loses nothing that was confirmed, and leaves nothing held', async (t) => {
    const directory = temporaryDirectory(t)
    for (let round = 0; round < 3; round++) {
      const confirmed = await runAndKill(t, directory.path, 150 + round * 70)
      const store = await openFor(t, { directory: directory.path })
      const ids = new Set((await store.read.selectFrom('entries').select('id').execute()).map((row) => row.id))
      assert.deepEqual(
        confirmed.filter((id) => !ids.has(id)),
        [],
      )
      assert.deepEqual((await store.verify()).violations, [])
      assert.equal((await store.read.selectFrom('accounts').select('held').where('id', '=', 'w').executeTakeFirstOrThrow()).held, 0n)
      const open = await store.read.selectFrom('requests').select('id').where('outcome', '=', 'served').execute()
      assert.ok(open.length > 0, 'charged requests without a record got one')
      await store.close()
    }
  })

  it('M18: SQLite writes ahead and syncs at every commit', async (t) => {
    const directory = temporaryDirectory(t)
    const db = openWriter(join(directory.path, 'x.sqlite'))
    assert.equal(db.pragma('journal_mode', { simple: true }), 'wal')
    assert.equal(db.pragma('synchronous', { simple: true }), 2n)
    db.close()
  })

  it('M18: PostgreSQL that could lose a commit is refused', { skip: noPostgres }, async (t) => {
    const where = await placeFor(t, 'postgres')
    const databaseUrl = `${POSTGRES_URL}?options=-c%20synchronous_commit%3Doff`
    await assert.rejects(
      openStore({ ...where.options, databaseUrl }),
      (error: Error) => error instanceof StoreUnfit && /synchronous_commit/.test(error.message),
    )
    const settings = (fsync: string, version: string) => ({
      query: async () => ({
        rows: [
          { name: 'fsync', value: fsync },
          { name: 'synchronous_commit', value: 'on' },
          { name: 'server_version_num', value: version },
        ],
      }),
    })
    await assert.rejects(checkServer(settings('off', '150020')), /fsync/)
    await assert.rejects(checkServer(settings('on', '140020')), /15 or newer/)
    await checkServer(settings('on', '150000'))
  })

  for (const kind of KINDS) {
    it(`${kind}: a database that a newer program wrote is refused, and left as it is`, { skip: skipOf(kind) }, async (t) => {
      const where = await placeFor(t, kind)
      await (await openStore(where.options)).close()
      await where.run(`UPDATE meta SET value = '999' WHERE key = 'schema_version'`)
      await assert.rejects(openStore(where.options), (error: Error) => error instanceof StoreTooNew && error.message.includes('999'))
      await where.run(`UPDATE meta SET value = ? WHERE key = 'schema_version'`, [String(NEWEST)])
      await (await openStore(where.options)).close()
    })
  }
})

const NEXT = {
  number: NEWEST + 1,
  name: 'next',
  statements: ['CREATE TABLE next_one (id TEXT PRIMARY KEY NOT NULL, n INTEGER) STRICT'],
}
const BROKEN = { ...NEXT, statements: [...NEXT.statements, 'CREATE TABLE broken ('] }

describe('migrating', () => {
  it('sqlite: backs up what is there first; a step that fails leaves the step before', async (t) => {
    const { place: where, store } = await freshStoreFor(t, 'sqlite')
    await store.engine.commit([{ operation: wallet() }])
    await store.close()
    const { directory } = where.options
    const db = openWriter(join(directory, 'faregate.sqlite'))
    assert.throws(() => migrate(db, null, [...MIGRATIONS, BROKEN]), /incomplete input/)
    const backup = migrate(db, directory, [...MIGRATIONS, NEXT])
    assert.ok(backup)
    assert.deepEqual(readdirSync(join(directory, 'backups')).length, 1)
    const copy = openConnection(backup, { readonly: true })
    assert.deepEqual(copy.prepare('SELECT id FROM accounts').pluck().all(), ['w'])
    assert.throws(() => copy.prepare('SELECT * FROM next_one'), /no such table/)
    copy.close()
    assert.equal(migrate(db, directory, [...MIGRATIONS, NEXT]), undefined)
    db.close()
    await assert.rejects(openStore(where.options), StoreTooNew)
  })

  it('postgres: backs up what is there first; a step that fails leaves the step before', { skip: noPostgres }, async (t) => {
    const { place: where, store } = await freshStoreFor(t, 'postgres')
    await store.close()
    const backedUp: number[] = []
    const { connectAside } = await import('../src/postgres/connect.ts')
    const schema = where.options.databaseSchema ?? ''
    const client = await connectAside({ url: POSTGRES_URL, schema })
    t.after(() => client.end())
    const backUp = async (version: number): Promise<void> => void backedUp.push(version)
    await assert.rejects(migratePostgres(client, schema, backUp, [...MIGRATIONS, BROKEN]), /syntax error/)
    assert.deepEqual(await where.run(`SELECT value FROM meta WHERE key = 'schema_version'`), [{ value: String(NEWEST) }])
    await migratePostgres(client, schema, backUp, [...MIGRATIONS, NEXT])
    await migratePostgres(client, schema, backUp, [...MIGRATIONS, NEXT])
    assert.deepEqual(backedUp, [NEWEST, NEWEST])
    await assert.rejects(openStore(where.options), StoreTooNew)
  })
})

/** Lets a child charge until it has confirmed so many entries, then kills it. Answers their ids. */
async function runAndKill(test: Scope, directory: string, count: number): Promise<string[]> {
  const { child, lines } = startChild(test, directory)
  const confirmed: string[] = []
  while (confirmed.length < count) {
    const line = await lines.next()
    if (line.done === true) throw new Error('the child ended by itself')
    if (line.value !== 'ready') confirmed.push(line.value)
  }
  await kill(child)
  // What was still in the pipe had been confirmed, too.
  for (let line = await lines.next(); line.done !== true; line = await lines.next()) confirmed.push(line.value)
  return confirmed.filter((id) => id !== '')
}
