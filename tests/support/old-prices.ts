import { join } from 'node:path'

/** Rates per million by bucket, in nano-units of the currency. */
export type Nanos = Record<string, bigint>

/** Runs SQL with `?` for values: on the database of a folder whose gateway does not run, or on any other. */
export type Sql = (statement: string, ...values: (string | number)[]) => Promise<void>

/** The SQLite database of a data folder; nobody else may use it meanwhile. */
export function sqliteIn(folder: string): Sql {
  return async (statement, ...values) => {
    const { DatabaseSync } = await import('node:sqlite')
    const database = new DatabaseSync(join(folder, 'faregate.sqlite'))
    database.prepare(statement).run(...values)
    database.close()
  }
}

/**
 * Makes a model's price in force that of an older catalogue: what the database holds after an upgrade from a program that was
 * shipped with it. `then` is what that catalogue announced for a moment.
 */
export async function rememberOldPrice(
  sql: Sql,
  priceKey: string,
  model: string,
  price: Nanos,
  then?: { from: number; price: Nanos },
): Promise<void> {
  const entries = [
    { version: 'catalogue:2026-01-01', rates: ratesOf(price) },
    ...(then === undefined ? [] : [{ when: { from: then.from }, version: 'catalogue:2026-01-01/from-then', rates: ratesOf(then.price) }]),
  ]
  const schedule = JSON.stringify(entries)
  await sql(
    `UPDATE catalogue_prices SET release_day = '2026-01-01', seen_day = '2026-01-01', schedule = ? WHERE price_key = ? AND model = ?`,
    schedule,
    priceKey,
    model,
  )
}

function ratesOf(price: Nanos): Record<string, { base: string; tiers: [] }> {
  return Object.fromEntries(Object.entries(price).map(([bucket, base]) => [bucket, { base: String(base), tiers: [] }]))
}
