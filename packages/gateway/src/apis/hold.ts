import { formatAmount, isDenial, type Denial, type MeteredPrice, type Nano } from '@faregate/core'
import type { KeyEntry } from '@faregate/identity'
import { meteredMeasure, meteredUnder, RATE_SCALE, scaledAmount, type PricedBy } from '@faregate/pricing'
import { inArrears } from '../arrears.ts'
import type { GatewayDeps, Settings } from '../deps.ts'
import { judge, type Judged } from '../evaluate.ts'
import type { Inbound } from '../edge.ts'
import type { Flow } from '../flow.ts'
import { legsOf, type HoldPlan } from '../hold-plan.ts'
import type { Offer, Planned } from '../plans/port.ts'
import { nearestWay, type RefusedWay } from '../plans/several-ways.ts'
import { quotaLegs } from '../plans/under-offer.ts'
import { isQuotas, memoOf, reservationOf, submitHold, underOffers, type Held } from '../reserve.ts'
import { FIRST_SLICE_BYTES } from './metering/cover.ts'
import type { ApiTarget } from './port.ts'

/** What a call costs whoever makes it. */
export interface CallTerms {
  /** Of the call itself, nano-units. */
  cost: Nano
  /** By what goes through it; undefined: nothing. */
  metered: MeteredPrice | undefined
  priceVersion: string
}

/** What is durably held for a call of an API: its exact price, or the beginning of what it may cost. */
export interface ApiReservation extends Held, CallTerms {
  offer: Offer | undefined
}

/** A call that may be made, money aside. */
export interface AdmittedApi extends ApiTarget {
  key: KeyEntry
  /** Of one call, nano-units. */
  price: Nano
  /** How long its body is, where bytes that are sent have a price; undefined: that is not known. */
  sent?: number | undefined
}

/** Nothing is held for it, and nothing charged. */
export function isFree({ price, route }: Pick<AdmittedApi, 'price' | 'route'>): boolean {
  return price === 0n && route.metered === undefined
}

/** How long the body of a request is; undefined: nobody says. */
export function lengthOf({ unread, body, headers }: Inbound): number | undefined {
  if (unread === undefined) return body.length
  const { 'content-length': length, 'transfer-encoding': coding } = headers
  if (coding !== undefined) return undefined
  return Number(length ?? 0)
}

/** Takes one hold of the exact price over every balance that the call touches, durably, or says which lacks room. */
export function reserveCall(deps: GatewayDeps, flow: Flow, admitted: AdmittedApi): Promise<ApiReservation | Denial> {
  const { key, api, route } = admitted
  return underOffers(deps, flow, { key, user: null }, async (offer) => {
    const terms = priceUnder(admitted, offer)
    const plan = planOf(deps.settings, admitted, terms, offer)
    const { release } = api
    const { priceVersion } = terms
    const called = { api: api.name, route: route.name, ...(release === undefined ? {} : { release }), stream: false, priceVersion }
    const outcome = await submitHold(deps, flow, plan, memoOf(flow, key, called))
    if (isDenial(outcome)) return outcome
    const held = reservationOf(deps, flow, key, plan, outcome)
    return isDenial(held) ? held : { ...held, ...terms, offer }
  })
}

/** Reads every balance that the call would touch and predicts the hold, or its refusal; under plans, by the first offer that has room. */
export async function evaluateCall(deps: GatewayDeps, admitted: AdmittedApi, plan: Planned | undefined): Promise<Judged> {
  const found = await evaluateOffers(deps, admitted, plan)
  return { ...found, refusal: await inArrears(deps, admitted.key, found.refusal) }
}

async function evaluateOffers(deps: GatewayDeps, admitted: AdmittedApi, plan: Planned | undefined): Promise<Judged> {
  const { key } = admitted
  const refused: (Judged & RefusedWay)[] = []
  for (const offer of plan?.offers ?? [undefined]) {
    const wanted = planOf(deps.settings, admitted, priceUnder(admitted, offer), offer)
    const found = judge(deps, { key, user: null, plan, offer }, wanted, await deps.balances.read(wanted.legs))
    if (found.refusal === undefined || !isQuotas(found.refusal)) return found
    refused.push({ ...found, refusal: found.refusal, offer })
  }
  return nearestWay(refused) ?? evaluateOffers(deps, admitted, undefined)
}

/**
 * A hold of so much and no more, whatever the answer is; where bytes of it have a price, of the first ones: of one at least, since
 * nothing is called for whoever cannot pay for any.
 */
function planOf(settings: Settings, { key, sent = 0 }: AdmittedApi, { cost, metered }: CallTerms, offer: Offer | undefined): HoldPlan {
  const sliced = metered !== undefined && metered.received > 0n
  return {
    legs: legsOf(settings, key, null, quotaLegs(offer, 0, 0)),
    bound: { inputTokens: 0, n: 0, canCause: { cacheWrite: false, audioIn: false, audioOut: false, imageIn: false, hiddenOutput: false } },
    measure: metered === undefined ? { fixed: cost * RATE_SCALE, perStep: 0n } : meteredMeasure(cost, metered, sent),
    steps: sliced ? { min: 1, max: FIRST_SLICE_BYTES } : { min: 0, max: 0 },
    limitIsOurs: false,
    ceiling: 0,
    sliced,
    sliceTokens: 0,
  }
}

/**
 * What a call costs: the price of its route, times the factor of the organization, times that of the plan; each product is rounded
 * up. The same prices have the same version on every replica, which names each step.
 */
export function priceUnder({ key, price, route: { metered } }: AdmittedApi, offer: Offer | undefined): CallTerms {
  const own = { cost: price, metered, priceVersion: `call:${formatAmount(price)}${metered === undefined ? '' : versionOf(metered)}` }
  const agreed = times(own, key.organization.terms?.priceFactor, 'org')
  return times(agreed, offer?.rule.factor, offer?.beyond === true ? 'overage' : 'plan')
}

function versionOf({ sent, received, units }: MeteredPrice): string {
  const parts = { sent, received, unit: units?.price ?? 0n }
  return Object.entries(parts)
    .map(([name, price]) => (price === 0n ? '' : `+${name}:${formatAmount(price)}`))
    .join('')
}

function times(terms: CallTerms, factor: string | undefined, by: PricedBy): CallTerms {
  if (factor === undefined || factor === '1') return terms
  const { cost, metered, priceVersion } = terms
  return {
    cost: scaledAmount(cost, factor),
    metered: metered === undefined ? undefined : meteredUnder(metered, factor),
    priceVersion: `${priceVersion}*${by}:${factor}`,
  }
}
