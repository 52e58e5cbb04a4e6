import { randomBytes } from 'node:crypto'
import { Client } from 'pg'

export interface TestDatabase {
  url: string
  /** Ends every connection of others to the database, as a restart of the server would. */
  terminate(): Promise<number>
  query(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>
  /** Keeps everybody from writing to a table, as a careless administrator would. Gives the release. */
  lock(table: string): Promise<() => Promise<void>>
  /** Every row of every table as JSON, by table; bytes are decoded. */
  dump(): Promise<Record<string, string>>
  drop(): Promise<void>
}

const ADMIN = process.env['FAREGATE_TEST_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres'

/** Why tests with PostgreSQL cannot run here, or false. */
export async function postgresMissing(): Promise<string | false> {
  try {
    await asAdmin((client) => client.query('SELECT 1'))
    return false
  } catch (error) {
    const reason = `PostgreSQL is not reachable (${error instanceof Error ? error.message : String(error)}): set FAREGATE_TEST_POSTGRES_URL`
    if (process.env['CI'] === 'true') throw new Error(reason, { cause: error })
    process.stderr.write(`SKIPPED: ${reason}\n`)
    return reason
  }
}

/** A database of its own, dropped by `drop`. */
export async function createDatabase(): Promise<TestDatabase> {
  const name = `faregate_test_${randomBytes(6).toString('hex')}`
  await asAdmin((client) => client.query(`CREATE DATABASE ${name}`))
  const url = new URL(ADMIN)
  url.pathname = `/${name}`
  return {
    url: url.href,
    terminate: () =>
      asAdmin(async (client) => {
        const { rowCount } = await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name])
        return rowCount ?? 0
      }),
    query: (sql, values) => withClient(url.href, async (client) => (await client.query<Record<string, unknown>>(sql, values)).rows),
    lock: (table) => lockTable(url.href, table),
    dump: () => withClient(url.href, dump),
    drop: () => asAdmin(async (client) => void (await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))),
  }
}

function asAdmin<T>(work: (client: Client) => Promise<T>): Promise<T> {
  return withClient(ADMIN, work)
}

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

async function lockTable(url: string, table: string): Promise<() => Promise<void>> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
  await client.connect()
  await client.query(`BEGIN; LOCK TABLE ${table} IN SHARE MODE`)
  let released: Promise<void> | undefined
  return () => (released ??= client.end())
}

async function dump(client: Client): Promise<Record<string, string>> {
  const { rows: tables } = await client.query<{ name: string }>(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'",
  )
  const found: Record<string, string> = {}
  for (const { name } of tables) {
    const { rows } = await client.query<Record<string, unknown>>(`SELECT * FROM "${name}"`)
    found[name] = rows.map((row) => Object.values(row).map(plain).join('\t')).join('\n')
  }
  return found
}

function plain(value: unknown): string {
  if (typeof value === 'string') return value
  return Buffer.isBuffer(value) ? value.toString('latin1') : JSON.stringify(value)
}
