import { after, before, describe, test } from 'node:test'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { createDatabase, postgresMissing } from '../support/postgres.ts'
import type { TestDatabase } from '../support/postgres.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'
import { killConfiguration, killUnderLoad } from './kill-run.ts'

const withoutPostgres = await postgresMissing()

for (const engine of ['SQLite', 'PostgreSQL'] as const) {
  describe(`killed under load on ${engine}`, { skip: engine === 'PostgreSQL' && withoutPostgres }, () => {
    let upstream: Upstream
    let gateway: Gateway
    let database: TestDatabase | undefined

    before(async () => {
      upstream = await startUpstream()
      database = engine === 'PostgreSQL' ? await createDatabase() : undefined
      gateway = await startGateway({
        config: killConfiguration(upstream),
        ...(database === undefined ? {} : { databaseUrl: database.url }),
      })
    })
    after(async () => {
      await gateway?.stop()
      await upstream?.close()
      await database?.drop()
    })

    // On PostgreSQL a dead instance is recovered after 30 seconds of silence: one run has to do.
    for (const kind of engine === 'SQLite' ? (['not streaming', 'streaming'] as const) : (['mixed'] as const)) {
      test(`M23, M24: every answer received completely is charged exactly once, the rest at most as delivered (${kind})`, async (context) => {
        context.diagnostic(await killUnderLoad(gateway, 3, kind))
      })
    }
  })
}
