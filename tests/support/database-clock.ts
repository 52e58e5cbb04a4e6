import type { TestDatabase } from './postgres.ts'

/** The clock of one database, as a test has it. */
export interface DatabaseClock {
  /** Lets it go on, so many milliseconds ahead of the true time. */
  ahead(ms: number): Promise<void>
  /** Stops it at a time. */
  stand(at: number): Promise<void>
}

/**
 * Puts a clock that a test sets in the place of PostgreSQL's own, in one database: what the product sends to it is the same, and
 * so is the name of the function that it asks.
 */
export async function movableClock({ query }: Pick<TestDatabase, 'query'>): Promise<DatabaseClock> {
  for (const statement of [
    'ALTER FUNCTION pg_catalog.clock_timestamp() RENAME TO true_clock_timestamp',
    'CREATE SCHEMA test_clock',
    'CREATE TABLE test_clock.setting (stands timestamptz, ahead interval)',
    `INSERT INTO test_clock.setting VALUES (NULL, '0')`,
    `CREATE FUNCTION pg_catalog.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
      'SELECT coalesce(stands, pg_catalog.true_clock_timestamp() + ahead) FROM test_clock.setting'`,
  ])
    await query(statement)
  const set = async (stands: number | null, ahead: number): Promise<void> => {
    await query(
      `UPDATE test_clock.setting SET stands = to_timestamp(${stands === null ? 'NULL' : stands / 1_000}), ` +
        `ahead = ${ahead} * interval '1 millisecond'`,
    )
  }
  return { ahead: (ms) => set(null, ms), stand: (at) => set(at, 0) }
}
