import { after, before, describe, test } from 'node:test'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { createDatabase, postgresMissing } from '../support/postgres.ts'
import type { TestDatabase } from '../support/postgres.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'
import { killAtLastByte, lastByteConfiguration } from '../money/last-byte-run.ts'

const TIMES = Number(process.env['KILLS'] ?? 50)
const withoutPostgres = await postgresMissing()

for (const engine of ['SQLite', 'PostgreSQL'] as const) {
  describe(
    `killed by its client at the last byte, ${TIMES} times, on ${engine}`,
    { skip: engine === 'PostgreSQL' && withoutPostgres },
    () => {
      let upstream: Upstream
      let gateway: Gateway
      let database: TestDatabase | undefined

      before(async () => {
        upstream = await startUpstream()
        database = engine === 'PostgreSQL' ? await createDatabase() : undefined
        gateway = await startGateway({
          config: lastByteConfiguration(upstream),
          ...(database === undefined ? {} : { databaseUrl: database.url }),
        })
      })
      after(async () => {
        await gateway?.stop()
        await upstream?.close()
        await database?.drop()
      })

      test('M16: every answer that was whole is charged after the restart, once', async (context) => {
        const whole = await killAtLastByte(gateway, TIMES)
        context.diagnostic(`${TIMES} kills, ${whole} answers were whole, all charged`)
      })
    },
  )
}
