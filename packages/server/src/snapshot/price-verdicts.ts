import type { AdminTransaction, CataloguePriceRow } from '@faregate/admin'
import { newId, type Millis, type Random } from '@faregate/core'
import { nameOf, scheduleText, shownAt, type PriceSchedule, type PriceVerdict, type RememberedPrice } from '@faregate/pricing'

/** The gateway itself, in the audit. */
const SYSTEM = 'system'

/** Whether other processes have to know: they read the prices of models that are new to all of them by themselves. */
export function changesPrices({ type }: PriceVerdict): boolean {
  return type !== 'remember' && type !== 'forget'
}

/** Writes a verdict down, and in the audit where it changes what is charged or asks for a decision. */
export async function carryOut(trx: AdminTransaction, verdict: PriceVerdict, when: { at: Millis; random: Random }): Promise<void> {
  const { at } = when
  switch (verdict.type) {
    case 'remember':
      return void (await trx.insertCataloguePrice(rowOf(verdict.price)))
    case 'forget':
      return trx.deleteCataloguePrice(verdict.model.priceKey, verdict.model.model)
    case 'confirm':
      return trx.updateCataloguePrice(rowOf(verdict.price))
    case 'withdraw':
      return void (await trx.decidePriceOffer(verdict.offer.id, verdict.offer.state, { state: 'withdrawn', by: SYSTEM, at, reason: null }))
    case 'apply':
      await trx.updateCataloguePrice(rowOf(verdict.price))
      return audit(trx, { ...when, shown: verdict.at }, 'price.change', verdict.before, verdict.price.schedule)
    case 'offer':
      return offer(trx, verdict, when)
  }
}

async function offer(trx: AdminTransaction, verdict: Extract<PriceVerdict, { type: 'offer' }>, when: { at: Millis; random: Random }) {
  const { before, release, schedule, share } = verdict
  await trx.updateCataloguePrice(rowOf({ ...before, seen: release }))
  await trx.insertPriceOffer({
    id: newId('pc', when.at, when.random),
    priceKey: before.priceKey,
    model: before.model,
    release,
    schedule: scheduleText(schedule),
    share,
    effectiveAt: verdict.at,
    state: 'pending',
    createdAt: when.at,
  })
  await audit(trx, { ...when, shown: verdict.at }, 'price.offer', before, schedule)
}

/** Before and after are as they are when they differ most. */
async function audit(
  trx: AdminTransaction,
  { at, random, shown }: { at: Millis; random: Random; shown: Millis },
  action: string,
  before: RememberedPrice,
  after: PriceSchedule,
): Promise<void> {
  await trx.insertAudit({
    id: newId('au', at, random),
    at,
    actor: SYSTEM,
    action,
    subject: nameOf(before),
    organization: null,
    before: JSON.stringify(shownAt(before.schedule, shown)),
    after: JSON.stringify(shownAt(after, shown)),
  })
}

/** A price as the database keeps it. */
export function rowOf({ schedule, ...price }: RememberedPrice): CataloguePriceRow {
  return { ...price, schedule: scheduleText(schedule) }
}
