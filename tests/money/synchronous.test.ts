import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { assertSettled } from '../support/api.ts'
import { either } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { createDatabase, postgresMissing } from '../support/postgres.ts'
import type { TestDatabase } from '../support/postgres.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'
import { eventually } from '../support/wait.ts'

/** Notes, for every entry of the ledger, how the session that writes it commits. */
const WATCH = `
  CREATE TABLE seen (kind text, commits text);
  CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO seen VALUES (NEW.kind, current_setting('synchronous_commit')); RETURN NEW; END $$;
  CREATE TRIGGER note AFTER INSERT ON entries FOR EACH ROW EXECUTE FUNCTION note()`

describe('how PostgreSQL commits', { skip: await postgresMissing() }, () => {
  let upstream: Upstream
  let gateway: Gateway
  let database: TestDatabase

  before(async () => {
    upstream = await startUpstream()
    upstream.on('plain', either(20))
    database = await createDatabase()
    gateway = await startGateway({ config: configuration(upstream, { plain: {} }), databaseUrl: database.url })
  })
  after(async () => {
    await gateway?.stop()
    await upstream?.close()
    await database?.drop()
  })

  test('M17: every hold and settle is committed synchronously, even where that was switched off for the database while it ran', async (context) => {
    const customer = await gateway.customer('1.00')
    await database.query(WATCH)
    const name = new URL(database.url).pathname.slice(1)
    await database.query(`ALTER DATABASE ${name} SET synchronous_commit = off`)
    await database.terminate()
    const body = { model: 'plain', max_tokens: 40, messages: say() }
    await eventually(async () => assert.equal((await gateway.chat(customer.key, body)).status, 200))
    for (const streaming of [false, true]) assert.equal((await gateway.chat(customer.key, { ...body, stream: streaming })).status, 200)
    await assertSettled(gateway.api, customer.organization)
    const seen = await database.query('SELECT kind, commits, count(*)::int AS times FROM seen GROUP BY 1, 2 ORDER BY 1, 2')
    for (const kind of ['hold', 'post'])
      assert.ok(
        seen.some((row) => row['kind'] === kind),
        `no ${kind} was seen`,
      )
    assert.deepEqual([...new Set(seen.map(({ commits }) => `synchronous_commit = ${String(commits)}`))], ['synchronous_commit = on'])
    context.diagnostic(seen.map(({ kind, times }) => `${String(times)} × ${String(kind)}`).join(', '))
  })
})
