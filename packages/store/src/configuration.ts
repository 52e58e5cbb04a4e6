import type { Kysely, Transaction } from 'kysely'
import type { Schema } from './schema.ts'

/** Marks the configuration as changed, in the transaction of the change; every process reads it anew. Answers the version. */
export async function bumpConfiguration(trx: Transaction<Schema>): Promise<number> {
  const row = await trx
    .updateTable('counters')
    .set((eb) => ({ value: eb('value', '+', 1n) }))
    .where('name', '=', 'configuration')
    .returning('value')
    .executeTakeFirstOrThrow()
  return Number(row.value)
}

/** The version of the configuration in force. */
export async function configurationVersion(db: Kysely<Schema>): Promise<number> {
  const row = await db.selectFrom('counters').select('value').where('name', '=', 'configuration').executeTakeFirstOrThrow()
  return Number(row.value)
}
