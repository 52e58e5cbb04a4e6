import { formatAmount, isDenial, type Denial, type Nano } from '@faregate/core'
import type { KeyEntry } from '@faregate/identity'
import { RATE_SCALE, scaledAmount, type PricedBy } from '@faregate/pricing'
import { inArrears } from '../arrears.ts'
import type { GatewayDeps, Settings } from '../deps.ts'
import { judge, type Judged } from '../evaluate.ts'
import type { Flow } from '../flow.ts'
import { legsOf, type HoldPlan } from '../hold-plan.ts'
import type { Offer, Planned } from '../plans/port.ts'
import { nearestWay, type RefusedWay } from '../plans/several-ways.ts'
import { quotaLegs } from '../plans/under-offer.ts'
import { isQuotas, memoOf, reservationOf, submitHold, underOffers, type Held } from '../reserve.ts'
import type { ApiTarget } from './port.ts'

/** What is durably held for a call of an API: its exact price. */
export interface ApiReservation extends Held {
  offer: Offer | undefined
  /** Nano-units. */
  cost: Nano
  priceVersion: string
}

/** A call that may be made, money aside. */
export interface AdmittedApi extends ApiTarget {
  key: KeyEntry
  /** Of one call, nano-units. */
  price: Nano
}

/** Takes one hold of the exact price over every balance that the call touches, durably, or says which lacks room. */
export function reserveCall(deps: GatewayDeps, flow: Flow, admitted: AdmittedApi): Promise<ApiReservation | Denial> {
  const { key, api, route } = admitted
  return underOffers(deps, flow, { key, user: null }, async (offer) => {
    const { cost, priceVersion } = priceUnder(admitted, offer)
    const plan = exactPlan(deps.settings, key, cost, offer)
    const { release } = api
    const called = { api: api.name, route: route.name, ...(release === undefined ? {} : { release }), stream: false, priceVersion }
    const outcome = await submitHold(deps, flow, plan, memoOf(flow, key, called))
    if (isDenial(outcome)) return outcome
    const held = reservationOf(deps, flow, key, plan, outcome)
    return isDenial(held) ? held : { ...held, offer, cost, priceVersion }
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
    const exact = exactPlan(deps.settings, key, priceUnder(admitted, offer).cost, offer)
    const found = judge(deps, { key, user: null, plan, offer }, exact, await deps.balances.read(exact.legs))
    if (found.refusal === undefined || !isQuotas(found.refusal)) return found
    refused.push({ ...found, refusal: found.refusal, offer })
  }
  return nearestWay(refused) ?? evaluateOffers(deps, admitted, undefined)
}

/** A hold of so much and no more, whatever the answer is. */
function exactPlan(settings: Settings, key: KeyEntry, cost: Nano, offer: Offer | undefined): HoldPlan {
  return {
    legs: legsOf(settings, key, null, quotaLegs(offer, 0, 0)),
    bound: { inputTokens: 0, n: 0, canCause: { cacheWrite: false, audioIn: false, audioOut: false, imageIn: false, hiddenOutput: false } },
    measure: { fixed: cost * RATE_SCALE, perStep: 0n },
    steps: { min: 0, max: 0 },
    limitIsOurs: false,
    ceiling: 0,
    sliced: false,
    sliceTokens: 0,
  }
}

/**
 * What a call costs: the price of its route, times the factor of the organization, times that of the plan; each product is rounded
 * up. The same prices have the same version on every replica, which names each step.
 */
function priceUnder({ key, price }: AdmittedApi, offer: Offer | undefined): { cost: Nano; priceVersion: string } {
  const own = { cost: price, priceVersion: `call:${formatAmount(price)}` }
  const agreed = times(own, key.organization.terms?.priceFactor, 'org')
  return times(agreed, offer?.rule.factor, offer?.beyond === true ? 'overage' : 'plan')
}

function times(
  priced: { cost: Nano; priceVersion: string },
  factor: string | undefined,
  by: PricedBy,
): { cost: Nano; priceVersion: string } {
  if (factor === undefined || factor === '1') return priced
  return { cost: scaledAmount(priced.cost, factor), priceVersion: `${priced.priceVersion}*${by}:${factor}` }
}
