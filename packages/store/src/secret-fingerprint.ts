import type { Transaction } from 'kysely'
import type { Schema } from './schema.ts'
import { StoreUnfit } from './store.ts'

/** Writes down which root secret the database belongs to, once; rejects with {@link StoreUnfit} for another one. */
export async function checkSecret(
  write: <T>(work: (trx: Transaction<Schema>) => Promise<T>) => Promise<T>,
  fingerprint: string,
): Promise<void> {
  const known = await write(async (trx) => {
    await trx
      .insertInto('meta')
      .values({ key: 'secret_fingerprint', value: fingerprint })
      .onConflict((conflict) => conflict.column('key').doNothing())
      .execute()
    return trx.selectFrom('meta').select('value').where('key', '=', 'secret_fingerprint').executeTakeFirstOrThrow()
  })
  if (known.value !== fingerprint) throw foreignSecret('The database')
}

/** `what` was written under another root secret. */
export function foreignSecret(what: string): StoreUnfit {
  return new StoreUnfit(
    `${what} belongs to another root secret: no key could be recognised and no provider key opened. ` +
      'Put the secrets.json that it was used with into the data directory, or set FAREGATE_SECRET to its secret.',
  )
}
