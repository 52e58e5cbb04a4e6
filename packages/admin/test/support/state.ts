import { TABLES } from '../../../store/src/tables.ts'
import type { Harness } from './harness.ts'

/** Every row of every table in which one of the ids stands, by table: all that is kept of whoever they belong to. */
export async function rowsWith({ store }: Harness, ids: readonly string[]): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {}
  for (const table of TABLES) {
    const rows = await store.read.selectFrom(table).selectAll().execute()
    const told = rows.map((row) => JSON.stringify(row, (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value)))
    const own = told.filter((row) => ids.some((id) => row.includes(id)))
    if (own.length > 0) found[table] = own.toSorted()
  }
  return found
}
