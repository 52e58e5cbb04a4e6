import { parseRates, scheduleText, type PriceSchedule } from '@faregate/pricing'
import type { CataloguePriceRow, PriceOfferRow } from '../../src/index.ts'
import type { Harness } from './harness.ts'

/** A schedule with one price that always holds. */
function always(version: string, price: Record<string, string>): PriceSchedule {
  const parsed = parseRates(price)
  if (!parsed.ok) throw new Error(parsed.message)
  return [{ version, rates: parsed.rates }]
}

/** A price in force, and one of twice as much that a newer catalogue brought and that waits. */
export async function offerPrice(
  api: Harness,
  { id, model = 'gpt-5-nano', ...more }: Partial<PriceOfferRow> & { id: string },
  inForce: Partial<CataloguePriceRow> = {},
): Promise<void> {
  const at = api.clock.now()
  await api.deps.store.write(async (trx) => {
    await trx.insertCataloguePrice({
      priceKey: 'openai',
      model,
      release: '2026-09-23',
      seen: '2026-11-20',
      schedule: scheduleText(always('catalogue:2026-09-23', { input: '0.05', output: '0.40' })),
      usedAt: at,
      ...inForce,
    })
    await trx.insertPriceOffer({
      id,
      priceKey: 'openai',
      model,
      release: '2026-11-20',
      schedule: scheduleText(always('catalogue:2026-11-20', { input: '0.10', output: '0.40' })),
      share: 1_000_000_000n,
      effectiveAt: at,
      state: 'pending',
      createdAt: at,
      ...more,
    })
  })
}
