import type { Store } from '../store.ts'

/** Notes that a key has used a nonce, until a time; false: it had before. Rejects where the database does not answer. */
export function useNonce(store: Pick<Store, 'write'>, key: string, nonce: string, until: number): Promise<boolean> {
  return store.write(async (trx) => {
    const noted = await trx
      .insertInto('used_nonces')
      .values({ key_id: key, nonce, until })
      .onConflict((conflict) => conflict.columns(['key_id', 'nonce']).doNothing())
      .executeTakeFirst()
    return noted.numInsertedOrUpdatedRows === 1n
  })
}
