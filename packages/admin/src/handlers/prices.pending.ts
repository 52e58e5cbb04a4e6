import type { Call, Handlers } from '../call.ts'
import { changeConfiguration } from '../change.ts'
import { wholeList } from '../paging.ts'
import type { AdminTransaction } from '../ports.ts'
import { presentPendingPrice, type OfferContext } from '../present/pending-price.ts'
import type { CataloguePriceRow, PriceOfferRow } from '../price-rows.ts'
import { found, refuse } from '../refusal.ts'

export const pricesPending: Handlers<'listPendingPrices' | 'approvePrice' | 'rejectPrice'> = {
  async listPendingPrices({ deps }) {
    const [offers, prices] = await Promise.all([deps.store.read.priceOffers.list(['pending']), deps.store.read.cataloguePrices.list()])
    return wholeList(offers.map((offer) => presentPendingPrice(contextOf(deps), offer, priceOf(prices, offer))))
  },

  approvePrice: (call) => decide(call, 'approved'),

  rejectPrice: (call) => decide(call, 'rejected'),
}

/** Decides about an offer that still waits, in one transaction with the price that follows from it. */
async function decide(call: Call<'approvePrice'> | Call<'rejectPrice'>, state: 'approved' | 'rejected') {
  const {
    deps,
    credential,
    params: { id },
    body: { reason },
  } = call
  return changeConfiguration(call, async (trx) => {
    await trx.lockCataloguePrices()
    const offer = found(await trx.priceOffers.get(id), 'pending price', id)
    const before = priceOf(await trx.cataloguePrices.list(), offer)
    if (offer.state !== 'pending' || before === undefined) return refuseDecided(offer)
    const decision = { by: credential.id, at: deps.clock.now(), reason }
    await trx.decidePriceOffer(id, 'pending', { ...decision, state })
    if (state === 'approved') await putInForce(trx, offer, before, decision)
    const shown = presentPendingPrice(contextOf(deps), offer, before, state)
    const event = {
      action: state === 'approved' ? 'price.approve' : 'price.reject',
      subject: shown.name,
      organization: null,
      before: shown.inForce,
      after: { ...(state === 'approved' ? shown.offered : shown.inForce), offer: id, reason },
    }
    return { event, answer: shown }
  })
}

/** What was rejected before was a change of another price: it may be offered again. */
async function putInForce(
  trx: AdminTransaction,
  { release, schedule, priceKey, model }: PriceOfferRow,
  before: CataloguePriceRow,
  decision: { by: string; at: number },
): Promise<void> {
  await trx.updateCataloguePrice({ ...before, release, schedule })
  for (const other of await trx.priceOffers.list(['rejected'])) {
    if (other.priceKey !== priceKey || other.model !== model) continue
    await trx.decidePriceOffer(other.id, 'rejected', { ...decision, state: 'withdrawn', reason: null })
  }
}

function refuseDecided({ id, state }: PriceOfferRow): never {
  const what = state === 'withdrawn' ? 'was overtaken by a newer catalogue' : `is ${state}`
  return refuse({ code: 'conflict', detail: `The pending price "${id}" ${what}: there is nothing to decide any more.` })
}

function priceOf(prices: readonly CataloguePriceRow[], offer: PriceOfferRow): CataloguePriceRow | undefined {
  return prices.find(({ priceKey, model }) => priceKey === offer.priceKey && model === offer.model)
}

function contextOf(deps: Call<'listPendingPrices'>['deps']): OfferContext {
  return { snapshot: deps.snapshot(), priceKeyOf: (deployment) => deps.priceKeyOf(deployment) }
}
