import type { Clock, LimitRule, Product } from '@faregate/core'
import { planRules } from './agreed.ts'
import type { Collected } from './collect.ts'
import { entitlementOf, quotasOf, type Entitlement, type Held, type QuotaRef } from './entitlement.ts'
import type { PlanVersion, Quota } from './plan.ts'
import { standingOf } from './standing.ts'
import type { Subscription } from './subscription.ts'

const MOST_ORGANIZATIONS = 10_000

export interface PlanSource {
  /** Every version of every plan. */
  plans(): Promise<PlanVersion[]>
  subscriptions(organization: string): Promise<Subscription[]>
  /** Pays what is due of a subscription. */
  collect(id: string): Promise<Collected>
}

export interface Known {
  newest: PlanVersion[]
  versions: Map<string, PlanVersion>
}

interface Read {
  known: Known
  held: Held[]
}

/**
 * Remembers plans and who has subscribed to them for as long as a configuration version lasts, and answers what they say of a
 * model or an API. Without any plan it answers at once: everything is sold from the balance.
 */
export class PlanBook {
  readonly #source: PlanSource
  readonly #clock: Clock
  #known: Known | undefined
  #held = new Map<string, Held[]>()
  #generation = 0
  readonly #collecting = new Map<string, Promise<Collected>>()
  readonly #reading = new Map<string, Promise<Read>>()

  constructor(source: PlanSource, clock: Clock) {
    this.#source = source
    this.#clock = clock
  }

  /** Forgets everything; called when the configuration's version changes. */
  forget(): void {
    this.#known = undefined
    this.#held = new Map()
    this.#reading.clear()
    this.#generation += 1
  }

  /**
   * What plans say of a model or an API for an organization, now. A period that is due is paid first, where nothing else serves. Rejects
   * where the database does not answer.
   */
  entitlement(organization: string, product: Product): Entitlement | Promise<Entitlement> {
    const known = this.#known
    if (known === undefined) return this.#entitle(organization, product)
    if (known.newest.length === 0) return { kind: 'balance' }
    const held = this.#held.get(organization)
    if (held === undefined) return this.#entitle(organization, product)
    const now = entitlementOf(known.newest, held, product, this.#clock.now())
    return now.kind === 'blocked' && now.due.length > 0 ? this.#entitle(organization, product) : now
  }

  /** The quotas of those of an organization's subscriptions that serve. */
  async quotas(organization: string): Promise<(QuotaRef & Pick<Quota, 'models' | 'apis'>)[]> {
    return (await this.#serving(organization)).flatMap((one) => quotasOf(one, this.#clock.now()))
  }

  /** The rates and concurrency of the same. */
  async limits(organization: string): Promise<LimitRule[]> {
    return (await this.#serving(organization)).flatMap(planRules)
  }

  async #serving(organization: string): Promise<Held[]> {
    const { held } = await this.#read(organization)
    const now = this.#clock.now()
    return held.filter(({ subscription, version }) => standingOf(subscription, version, now).blocker === undefined)
  }

  async #entitle(organization: string, product: Product): Promise<Entitlement> {
    const { known, held } = await this.#read(organization)
    const found = entitlementOf(known.newest, held, product, this.#clock.now())
    if (found.kind !== 'blocked' || found.due.length === 0) return found
    const paid = await Promise.all(found.due.map((id) => this.#collect(id)))
    if (paid.every((outcome) => outcome === 'short' || outcome === 'unknown')) return found
    // The first of those who waited for the payment has it read anew; the others have the same.
    if (this.#held.get(organization) === held) {
      this.#held.delete(organization)
      this.#reading.delete(organization)
    }
    const after = await this.#read(organization)
    return entitlementOf(after.known.newest, after.held, product, this.#clock.now())
  }

  /** However many requests find it due: one payment, whose end all of them await. */
  #collect(id: string): Promise<Collected> {
    const running = this.#collecting.get(id)
    if (running !== undefined) return running
    const started = this.#source.collect(id).finally(() => this.#collecting.delete(id))
    this.#collecting.set(id, started)
    return started
  }

  #remembered(organization: string): Read | undefined {
    const known = this.#known
    if (known === undefined) return undefined
    const held = known.newest.length === 0 ? [] : this.#held.get(organization)
    return held === undefined ? undefined : { known, held }
  }

  /** However many requests ask at once: one read, until something changes. */
  #read(organization: string): Promise<Read> {
    const remembered = this.#remembered(organization)
    if (remembered !== undefined) return Promise.resolve(remembered)
    const running = this.#reading.get(organization)
    if (running !== undefined) return running
    const isLatest = (): boolean => this.#reading.get(organization) === started
    const started: Promise<Read> = this.#readNow(organization, isLatest).finally(() => {
      if (isLatest()) this.#reading.delete(organization)
    })
    this.#reading.set(organization, started)
    return started
  }

  /** What was read before a change must not outlive it: it is remembered only where no later read has begun. */
  async #readNow(organization: string, isLatest: () => boolean): Promise<Read> {
    const generation = this.#generation
    const known = this.#known ?? knownOf(await this.#source.plans())
    if (generation === this.#generation) this.#known = known
    if (known.newest.length === 0) return { known, held: [] }
    const held = heldOf(known, await this.#source.subscriptions(organization))
    if (isLatest()) this.#remember(organization, held)
    return { known, held }
  }

  #remember(organization: string, held: Held[]): void {
    this.#held.set(organization, held)
    if (this.#held.size <= MOST_ORGANIZATIONS) return
    const oldest = this.#held.keys().next()
    if (!oldest.done) this.#held.delete(oldest.value)
  }
}

/** All versions of all plans, in an order in which they are looked for. */
export function knownOf(plans: PlanVersion[]): Known {
  const newest = new Map<string, PlanVersion>()
  for (const plan of plans) if (plan.version > (newest.get(plan.name)?.version ?? 0)) newest.set(plan.name, plan)
  return { newest: [...newest.values()], versions: new Map(plans.map((plan) => [`${plan.name} ${plan.version}`, plan])) }
}

/** Subscriptions with the versions that they were bought at. */
export function heldOf({ versions }: Known, subscriptions: Subscription[]): Held[] {
  return subscriptions.flatMap((subscription) => {
    const version = versions.get(`${subscription.plan} ${subscription.version}`)
    return version === undefined ? [] : [{ subscription, version }]
  })
}
