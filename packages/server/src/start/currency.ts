import type { Store } from '@faregate/store'
import { StartRefused } from './options.ts'

/** Writes down the installation's one currency at the first start; refuses to start with another one later (M1). */
export async function checkCurrency(store: Pick<Store, 'write'>, currency: string): Promise<void> {
  const known = await store.write(async (trx) => {
    await trx
      .insertInto('meta')
      .values({ key: 'currency', value: currency })
      .onConflict((conflict) => conflict.column('key').doNothing())
      .execute()
    return trx.selectFrom('meta').select('value').where('key', '=', 'currency').executeTakeFirstOrThrow()
  })
  if (known.value === currency) return
  throw new StartRefused(
    `The amounts in the database are in ${known.value}, but billing.currency is ${currency}: set it back to ${known.value}, or use another data folder.`,
  )
}
