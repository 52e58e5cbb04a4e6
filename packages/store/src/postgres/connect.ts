import { Client, escapeIdentifier, Pool, types, type ClientConfig } from 'pg'
import { StoreUnfit } from '../store.ts'

/** Where the database is and how this process speaks to it. */
export interface PostgresTarget {
  url: string
  schema: string
}

type TypeId = Parameters<typeof types.getTypeParser>[0]
type TypeFormat = Parameters<typeof types.getTypeParser>[1]

const OLDEST = 150_000

/**
 * What every session is told. A process that is stopped in the middle of a transaction holds locks that all others
 * wait for: the server ends such a session.
 */
function sessionSettings(schema: string, idleMs: number): string {
  return (
    `SET search_path TO ${escapeIdentifier(schema)}; SET synchronous_commit TO on; SET lock_timeout TO 4000; ` +
    `SET idle_in_transaction_session_timeout TO ${idleMs}; SET client_min_messages TO warning`
  )
}

function parameters(target: PostgresTarget, name: string): ClientConfig {
  return {
    connectionString: target.url,
    application_name: `faregate ${name}`,
    connectionTimeoutMillis: 4_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5_000,
    types: { getTypeParser },
  }
}

/** 64-bit integers as `bigint`; everything else as pg reads it. */
function getTypeParser(oid: TypeId, format?: TypeFormat): (text: string) => unknown {
  if (oid === types.builtins.INT8 && format !== 'binary') return BigInt
  return types.getTypeParser(oid, format) as (text: string) => unknown
}

/**
 * Every row that a batch reads has a key. A statement that is planned while the tables are small would scan them
 * for as long as the connection lives, while they grow.
 */
const BY_KEY =
  'SET enable_seqscan TO off; SET enable_hashjoin TO off; SET enable_mergejoin TO off; SET plan_cache_mode TO force_generic_plan'

/** The connection that ledger batches run on: statements are sent without waiting for the one before. */
export async function connectLedger(target: PostgresTarget): Promise<Client> {
  return connect(
    new Client({ ...parameters(target, 'ledger'), pipeline: true, query_timeout: 10_000 }),
    `${sessionSettings(target.schema, 5_000)}; ${BY_KEY}`,
  )
}

/** A connection for something long: migrations, backups, verification. No statement of it times out. */
export async function connectAside(target: PostgresTarget): Promise<Client> {
  return connect(new Client({ ...parameters(target, 'aside'), pipeline: true }), sessionSettings(target.schema, 0))
}

async function connect(client: Client, settings: string): Promise<Client> {
  // A lost connection shows in the queries that fail; unheard, the event would end the process.
  client.on('error', () => undefined)
  await client.connect()
  try {
    await client.query(settings)
    return client
  } catch (error) {
    await client.end().catch(() => undefined)
    throw error
  }
}

/** Connections for queries, records and management transactions. */
export function createPool(target: PostgresTarget): Pool {
  const pool = new Pool({
    ...parameters(target, 'queries'),
    max: 8,
    idleTimeoutMillis: 30_000,
    query_timeout: 30_000,
    // oxlint-disable-next-line typescript/no-misused-promises -- the pool waits for the promise; its types do not say so.
    onConnect: (client) => client.query(sessionSettings(target.schema, 10_000)).then(() => undefined),
  })
  pool.on('error', () => undefined)
  // A connection that is in use has no listener of the pool's: its loss shows in the query that fails.
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}

/** What the check needs of a connection. */
interface SettingsReader {
  query(text: string): Promise<{ rows: { name: string; value: string }[] }>
}

/** Rejects with {@link StoreUnfit} for a server that is too old or would lose what it confirmed (M18). */
export async function checkServer(client: SettingsReader): Promise<void> {
  const { rows } = await client.query(
    `SELECT name, CASE WHEN name = 'synchronous_commit' THEN reset_val ELSE setting END AS value FROM pg_settings
     WHERE name IN ('fsync', 'synchronous_commit', 'server_version_num')`,
  )
  const settings = new Map(rows.map((row) => [row.name, row.value]))
  if (Number(settings.get('server_version_num')) < OLDEST) throw new StoreUnfit('PostgreSQL 15 or newer is needed.')
  for (const name of ['fsync', 'synchronous_commit']) {
    if (settings.get(name) !== 'off') continue
    throw new StoreUnfit(
      `PostgreSQL runs with ${name} = off: a crash would lose charges that were confirmed. ` +
        `Set it to on (ALTER SYSTEM SET ${name} = on; for a role: ALTER ROLE … RESET ${name}), then start again.`,
    )
  }
}
