import { after, before, describe } from 'node:test'
import type { Gateway } from './gateway.ts'
import { lockDatabase } from './lock-database.ts'
import { createDatabase, postgresMissing } from './postgres.ts'
import type { TestDatabase } from './postgres.ts'

const withoutPostgres = await postgresMissing()

/** The environment of gateways that come to one database from several directories. */
export const SHARED_SECRET = { FAREGATE_SECRET: Buffer.alloc(32, 7).toString('base64') }

/** Where the gateways of a block of tests keep everything. */
export class Engine {
  readonly name: 'SQLite' | 'PostgreSQL'
  #database: TestDatabase | undefined

  constructor(name: Engine['name']) {
    this.name = name
  }

  /** What a gateway is started with to use it. */
  get options(): { databaseUrl?: string } {
    return this.#database === undefined ? {} : { databaseUrl: this.#database.url }
  }

  async open(): Promise<void> {
    this.#database = this.name === 'PostgreSQL' ? await createDatabase() : undefined
  }

  async close(): Promise<void> {
    await this.#database?.drop()
  }

  /** Keeps the ledger of a gateway from writing, as another process could. Gives the release. */
  lock(gateway: Gateway): Promise<() => Promise<void>> {
    return this.#database === undefined ? lockDatabase(gateway.data) : this.#database.lock('entries')
  }
}

interface Ground {
  name: Engine['name']
  /** Why there is none; false: there is. */
  skip: string | false
  /** The body of a block of tests on the engine. What it starts it stops before the database is dropped. */
  block: (define: (engine: Engine) => void) => () => void
}

/** Every engine, for a block of tests each: `describe` stands in the test's own file, or results would not name the block. */
export const ENGINES: readonly Ground[] = (['SQLite', 'PostgreSQL'] as const).map((name) => ({
  name,
  skip: name === 'PostgreSQL' && withoutPostgres,
  block: (define) => () => {
    const engine = new Engine(name)
    before(() => engine.open())
    define(engine)
    after(() => engine.close())
  },
}))

/** Two gateways on one PostgreSQL, for all tests of a block. */
export function onTwoReplicas(
  start: (options: { databaseUrl: string; env: Record<string, string> }) => Promise<Gateway>,
  define: (replicas: [Gateway, Gateway]) => void,
): void {
  describe('with two replicas', { skip: withoutPostgres }, () => {
    const replicas = [] as unknown as [Gateway, Gateway]
    let database: TestDatabase | undefined
    before(async () => {
      database = await createDatabase()
      const options = { databaseUrl: database.url, env: SHARED_SECRET }
      replicas.push(...(await Promise.all([start(options), start(options)])))
    })
    define(replicas)
    after(async () => {
      await Promise.all(replicas.map((gateway) => gateway.stop()))
      await database?.drop()
    })
  })
}
