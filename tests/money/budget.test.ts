import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
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

const TABLES = ['entries', 'lots', 'accounts', 'requests', 'denials', 'audit', 'idempotency']
const withoutPostgres = await postgresMissing()

for (const engine of ['SQLite', 'PostgreSQL'] as const) {
  describe(`what a request writes, on ${engine}`, { skip: engine === 'PostgreSQL' && withoutPostgres }, () => {
    let upstream: Upstream
    let gateway: Gateway
    let database: TestDatabase | undefined

    before(async () => {
      upstream = await startUpstream()
      upstream.on('plain', either(20))
      database = engine === 'PostgreSQL' ? await createDatabase() : undefined
      gateway = await startGateway({
        config: configuration(upstream, { plain: {} }),
        ...(database === undefined ? {} : { databaseUrl: database.url }),
      })
    })
    after(async () => {
      await gateway?.stop()
      await upstream?.close()
      await database?.drop()
    })

    /** How many rows each table has. */
    async function count(): Promise<Record<string, number>> {
      const counts = `SELECT ${TABLES.map((table) => `(SELECT count(*) FROM ${table}) AS ${table}`).join(', ')}`
      const row = database === undefined ? fromFile(counts) : (await database.query(counts))[0]
      return Object.fromEntries(TABLES.map((table) => [table, Number(row?.[table])]))
    }

    function fromFile(query: string): Record<string, unknown> | undefined {
      const file = new DatabaseSync(join(gateway.data, 'faregate.sqlite'), { readOnly: true })
      try {
        return file.prepare(query).get()
      } finally {
        file.close()
      }
    }

    test('M18: a served request inserts three rows, hold, settle and record; a refused one only its record', async (context) => {
      const [customer, poor] = [await gateway.customer('1.00'), await gateway.customer('0.000001')]
      const body = { model: 'plain', max_tokens: 40, messages: say() }
      const atFirst = await count()
      for (let i = 0; i < 10; i++) assert.equal((await gateway.chat(customer.key, { ...body, stream: i % 2 === 1 })).status, 200)
      for (let i = 0; i < 5; i++) assert.equal((await gateway.chat(poor.key, body)).status, 402)
      await assertSettled(gateway.api, customer.organization)
      const grown = await eventually(async () => {
        const now = await count()
        const more = Object.fromEntries(TABLES.map((table) => [table, (now[table] ?? 0) - (atFirst[table] ?? 0)]))
        assert.equal(more['requests'], 15)
        assert.equal(more['denials'], 5, 'what a refusal explains itself with')
        return more
      })
      assert.deepEqual(grown, { entries: 20, lots: 0, accounts: 0, requests: 15, denials: 5, audit: 0, idempotency: 0 })
      context.diagnostic('10 served: 20 entries and 10 records; 5 refused: 5 records and 5 denials')
    })
  })
}
