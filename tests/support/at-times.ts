import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Engine } from './engines.ts'
import { startGateway } from './gateway.ts'
import type { Gateway } from './gateway.ts'
import { MovingTime } from './moving-time.ts'
import { createDatabase } from './postgres.ts'

/** A gateway in a time that a test moves. */
export interface AtTimes {
  gateway: Gateway
  /** Goes to the next of the moments. */
  jump(): Promise<void>
  /** Rows of the ledger's tables, read beside the gateway. */
  rows(sql: string): Promise<Record<string, unknown>[]>
}

/** Starts a gateway, on an engine of its own, at the first of some moments, for as long as a test uses it. */
export async function atTimes(
  engine: Engine['name'],
  config: Record<string, unknown>,
  moments: readonly string[],
  use: (made: AtTimes) => Promise<void>,
): Promise<void> {
  const database = engine === 'PostgreSQL' ? await createDatabase() : undefined
  let gateway: Gateway | undefined
  try {
    const time = await MovingTime.from(moments, database)
    const started = await startGateway({ config, env: time.env, ...(database === undefined ? {} : { databaseUrl: database.url }) })
    gateway = started
    const rows = database === undefined ? async (sql: string) => fromFile(started, sql) : (sql: string) => database.query(sql)
    await use({ gateway: started, jump: () => time.jump([started]), rows })
  } finally {
    await gateway?.stop()
    await database?.drop()
  }
}

function fromFile(gateway: Gateway, sql: string): Record<string, unknown>[] {
  const database = new DatabaseSync(join(gateway.data, 'faregate.sqlite'), { readOnly: true })
  try {
    const statement = database.prepare(sql)
    statement.setReadBigInts(true)
    return statement.all()
  } finally {
    database.close()
  }
}
