import { escapeIdentifier, type Client } from 'pg'
import { META_TABLE, MIGRATIONS, renderForPostgres, type Migration } from '../migrations/migration.ts'
import { tooNew } from '../sqlite/migrate.ts'

/** Any number that no other program is likely to take; with the schema's name it names the lock. */
const LOCK = 4_020_261

/**
 * Brings the schema to this program's version, one transaction per step, under a lock that other replicas wait for.
 * What holds something already is backed up first. Rejects with `StoreTooNew` for a newer one. Answers the version before.
 */
export async function migrate(
  client: Client,
  schema: string,
  backUp: (version: number) => Promise<void>,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<number> {
  await client.query('SELECT pg_advisory_lock($1, hashtext($2))', [LOCK, schema])
  try {
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${escapeIdentifier(schema)}`)
    await client.query(renderForPostgres(META_TABLE))
    const version = await versionOf(client)
    const newest = migrations.at(-1)?.number ?? 0
    if (version > newest) throw tooNew(version, newest)
    const pending = migrations.filter((migration) => migration.number > version)
    if (version > 0 && pending.length > 0) await backUp(version)
    for (const migration of pending) await apply(client, migration)
    return version
  } finally {
    await client.query('SELECT pg_advisory_unlock($1, hashtext($2))', [LOCK, schema])
  }
}

async function versionOf(client: Client): Promise<number> {
  const { rows } = await client.query<{ value: string }>(`SELECT value FROM meta WHERE key = 'schema_version'`)
  return Number(rows[0]?.value ?? 0)
}

async function apply(client: Client, migration: Migration): Promise<void> {
  await client.query('BEGIN')
  try {
    for (const statement of migration.statements) await client.query(renderForPostgres(statement))
    await client.query(
      `INSERT INTO meta (key, value) VALUES ('schema_version', $1) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
      [String(migration.number)],
    )
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  }
}
