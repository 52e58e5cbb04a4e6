import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { assertSettled } from '../support/api.ts'
import { either } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { header } from '../support/http.ts'
import { createDatabase, postgresMissing } from '../support/postgres.ts'
import type { TestDatabase } from '../support/postgres.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'

const CLOCK = new URL('../support/jumping-clock.ts', import.meta.url)
const YEAR_MS = 365 * 86_400_000

describe('a process whose clock is wrong', { skip: await postgresMissing() }, () => {
  let upstream: Upstream
  let gateway: Gateway
  let database: TestDatabase

  before(async () => {
    upstream = await startUpstream()
    upstream.on('plain', either(20))
    database = await createDatabase()
    gateway = await startGateway({
      config: configuration(upstream, { plain: {} }),
      databaseUrl: database.url,
      env: { NODE_OPTIONS: `--import=${CLOCK.href}`, CLOCK_BEGINS: new Date(Date.now() + 3 * YEAR_MS).toISOString() },
    })
  })
  after(async () => {
    await gateway?.stop()
    await upstream?.close()
    await database?.drop()
  })

  test('M10: on PostgreSQL an entry has the time of the database, however wrong the clock of the process is', async () => {
    const customer = await gateway.customer('1.00')
    const result = await gateway.chat(customer.key, { model: 'plain', max_tokens: 40, messages: say() })
    assert.equal(result.status, 200, result.text)
    const record = await gateway.api.record(header(result, 'x-request-id') ?? '')
    assert.ok(Date.parse(String(record['at'])) > Date.now() + YEAR_MS, `the process lives in another year: ${String(record['at'])}`)
    await assertSettled(gateway.api, customer.organization)
    const rows = await database.query(
      `SELECT kind, abs(at - extract(epoch FROM clock_timestamp()) * 1000)::bigint AS off FROM entries WHERE kind IN ('hold', 'post')`,
    )
    assert.equal(rows.length, 2)
    for (const { kind, off } of rows)
      assert.ok(Number(off) < 60_000, `the ${String(kind)} is ${String(off)} ms away from the database's time`)
  })
})
