import type { AdminQueries, AdminStore, CataloguePriceRow } from '@faregate/admin'
import type { Clock, Millis, Random, Snapshot } from '@faregate/core'
import type { ProviderAttempt } from '@faregate/gateway'
import {
  catalogueInForce,
  nameOf,
  parseSchedule,
  reviewPrices,
  turningPoints,
  type Catalogue,
  type PricedModel,
  type PriceOffer,
  type PriceVerdict,
  type PublishedCatalogue,
  type RememberedPrice,
} from '@faregate/pricing'
import type { Vendor } from '@faregate/wire'
import type { Logger } from '../log/log.ts'
import { CalledModels } from './called-models.ts'
import { carryOut, changesPrices } from './price-verdicts.ts'
import { cataloguePriceKey, type OperatorPrices } from './prices.ts'

/** A timer waits no longer; it is set again then. */
const LONGEST_MS = 86_400_000

/** The configuration for which prices are looked up. */
export interface PricedConfiguration {
  snapshot: Snapshot
  overrides: OperatorPrices
  published: PublishedCatalogue
  /** The largest change that is put in force unasked, as a share (`SHARE_SCALE`). */
  limit: bigint
}

export interface CataloguePricesNeeds {
  store: AdminStore
  vendors: ReadonlyMap<string, Vendor>
  clock: Clock
  random: Random
  log: Pick<Logger, 'info' | 'warn' | 'error'>
}

/**
 * The catalogue's prices that are in force: those in the database, which every process shares, and of which a newer catalogue
 * changes the smaller ones at once and the others after approval. What nobody used yet costs what this program's catalogue says.
 */
export class CataloguePrices {
  readonly #needs: CataloguePricesNeeds
  readonly #called: CalledModels
  /** The models whose new price waits for approval. */
  pending: string[] = []
  /** Called when a price in force becomes another one by itself, for it was announced or follows the hours of the day. */
  onTurn: () => void = () => undefined
  #turn: NodeJS.Timeout | undefined

  constructor(needs: CataloguePricesNeeds) {
    this.#needs = needs
    this.#called = new CalledModels(needs)
  }

  /** Brings the prices in force up to this program's catalogue, as far as nobody has to be asked, and answers them. */
  async inForce(configuration: PricedConfiguration): Promise<Catalogue> {
    const { store } = this.#needs
    if ((await this.#review(configuration, store.read)).length > 0) await this.#settle(configuration)
    const remembered = await rememberedPrices(store.read)
    this.pending = (await store.read.priceOffers.list(['pending'])).map(nameOf)
    this.#called.follow(configuration, remembered)
    this.#awaitTurn(remembered)
    return catalogueInForce(configuration.published, remembered)
  }

  /** An attempt at a provider has ended: its model is in use, whether it is configured or not. Never waits. */
  called(attempt: Pick<ProviderAttempt, 'provider' | 'model' | 'outcome'>, at: Millis): void {
    this.#called.note(attempt, at)
  }

  /** Writes down which models were called since, and waits for nothing any more. */
  close(): Promise<void> {
    clearTimeout(this.#turn)
    return this.#called.flush()
  }

  /** Routes keep the prices that they were made with: they are made anew when one of those is over. */
  #awaitTurn(remembered: readonly RememberedPrice[]): void {
    const now = this.#needs.clock.now()
    const schedules = remembered.map(({ schedule }) => schedule)
    const next = turningPoints(schedules, now).find((at) => at > now)
    clearTimeout(this.#turn)
    if (next === undefined) return
    this.#turn = setTimeout(() => this.onTurn(), Math.min(next - now, LONGEST_MS)).unref()
  }

  /** Decides under the lock that all processes share: what another has decided meanwhile stays, and is not decided twice. */
  async #settle(configuration: PricedConfiguration): Promise<void> {
    const { store, clock, random, log } = this.#needs
    const verdicts = await store.write(async (trx) => {
      await trx.lockCataloguePrices()
      const found = await this.#review(configuration, trx)
      for (const verdict of found) await carryOut(trx, verdict, { at: clock.now(), random })
      if (found.some(changesPrices)) await trx.bumpConfiguration()
      return found
    })
    for (const verdict of verdicts) report(log, verdict)
  }

  async #review({ snapshot, overrides, published, limit }: PricedConfiguration, queries: AdminQueries): Promise<PriceVerdict[]> {
    const { vendors, clock } = this.#needs
    return reviewPrices({
      configured: configuredModels(snapshot, vendors, overrides),
      connected: new Set([...snapshot.providers.values()].flatMap(({ kind }) => vendors.get(kind)?.priceKey ?? [])),
      remembered: await rememberedPrices(queries),
      offers: await openOffers(queries),
      catalogue: published,
      limit,
      now: clock.now(),
    })
  }
}

/** The models of deployments that cost what the catalogue says. */
function configuredModels(snapshot: Snapshot, vendors: ReadonlyMap<string, Vendor>, overrides: OperatorPrices): PricedModel[] {
  return [...snapshot.models.values()]
    .flatMap(({ deployments }) => deployments)
    .flatMap(({ provider, model }) => {
      const priceKey = cataloguePriceKey({ snapshot, overrides }, vendors, provider, model)
      return priceKey === undefined ? [] : [{ priceKey, model }]
    })
}

async function rememberedPrices({ cataloguePrices }: AdminQueries): Promise<RememberedPrice[]> {
  return (await cataloguePrices.list()).map(rememberedPrice)
}

function rememberedPrice({ schedule, ...row }: CataloguePriceRow): RememberedPrice {
  return { ...row, schedule: parseSchedule(schedule) }
}

async function openOffers({ priceOffers }: AdminQueries): Promise<PriceOffer[]> {
  const rows = await priceOffers.list(['pending', 'rejected'])
  return rows.map(({ id, priceKey, model, release, schedule, state }) => ({
    id,
    priceKey,
    model,
    release,
    schedule: parseSchedule(schedule),
    state: state === 'pending' ? 'pending' : 'rejected',
  }))
}

function report(log: CataloguePricesNeeds['log'], verdict: PriceVerdict): void {
  if (verdict.type === 'apply') {
    log.info({ model: nameOf(verdict.price), release: verdict.price.release }, 'a newer catalogue has changed a price; it is in force')
  }
  if (verdict.type === 'offer') {
    log.warn(
      { model: nameOf(verdict.before), release: verdict.release },
      'a newer catalogue changes a price by more than prices.approveAbove; the old one stays in force until someone approves: faregate price pending',
    )
  }
}
