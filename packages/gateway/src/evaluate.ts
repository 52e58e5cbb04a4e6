import { isDenial, type Denial, type DenialCode } from '@faregate/core'
import type { KeyEntry } from '@faregate/identity'
import { affordableSteps, amountOf } from '@faregate/pricing'
import type { ModelRequest } from '@faregate/wire'
import { inArrears } from './arrears.ts'
import type { BalanceView, GatewayDeps } from './deps.ts'
import { insufficientFunds, type Refused } from './funds.ts'
import { planHold, type HoldPlan } from './hold-plan.ts'
import { priceMissing, type Route } from './locate.ts'
import type { Offer, Planned } from './plans/port.ts'
import { nearestWay, type RefusedWay } from './plans/several-ways.ts'
import { routeUnder } from './plans/under-offer.ts'
import { countedPlan, isQuotas } from './reserve.ts'

/** What the ledger would decide now, read without lock or effect: for explanations only, never to admit (M27). */
export interface Evaluation {
  /** At the prices that would be charged. */
  route: Route
  plan: HoldPlan
  /** Output tokens a choice that the first hold would cover. */
  steps: number
  /** Output tokens a choice that every balance would afford in all. */
  reach: number
  balances: BalanceView[]
  refusal: Denial | undefined
}

/** Reads every balance that the request would touch and predicts the hold, or its refusal; under plans, by the first offer that has room. */
export async function evaluate(
  deps: GatewayDeps,
  key: KeyEntry,
  route: Route,
  request: ModelRequest,
  plan?: Planned,
): Promise<Evaluation | Denial> {
  const found = await evaluateOffers(deps, key, route, request, plan)
  return isDenial(found) ? found : { ...found, refusal: await inArrears(deps, key, found.refusal) }
}

async function evaluateOffers(
  deps: GatewayDeps,
  key: KeyEntry,
  route: Route,
  request: ModelRequest,
  plan: Planned | undefined,
): Promise<Evaluation | Denial> {
  const refused: (Evaluation & RefusedWay)[] = []
  for (const offer of plan?.offers ?? [undefined]) {
    const found = await evaluateUnder(deps, { key, user: request.user, plan, offer }, routeUnder(route, offer), request)
    if (isDenial(found) || found.refusal === undefined || !isQuotas(found.refusal)) return found
    refused.push({ ...found, refusal: found.refusal, offer })
  }
  return nearestWay(refused) ?? priceMissing(route.model.name, 'the plan offers nothing')
}

/** Who asks, under which plan. */
export interface Asking {
  key: KeyEntry
  user: string | null
  plan: Planned | undefined
  offer: Offer | undefined
}

async function evaluateUnder(deps: GatewayDeps, asking: Asking, route: Route, request: ModelRequest): Promise<Evaluation | Denial> {
  const { key, offer } = asking
  const plan = planHold(deps.settings, key, route, request, undefined, offer)
  if (isDenial(plan)) return plan
  const balances = await deps.balances.read(plan.legs)
  const byBytes = { route, ...judge(deps, asking, plan, balances) }
  if (byBytes.refusal === undefined) return byBytes
  const counted = await countedPlan(deps, key, route, request, offer)
  return counted === undefined ? byBytes : { route, ...judge(deps, asking, counted, balances) }
}

/** The money blockers that come after a refusal for another reason, for its `also`. */
export async function laterBlockers(
  deps: GatewayDeps,
  key: KeyEntry,
  route: Route,
  request: ModelRequest,
): Promise<Pick<Denial, 'also' | 'evidence'>> {
  return alsoOf([], await moneyBlocker(deps, key, route, request))
}

/** Codes that come after a refusal: those that are known, and those of what money has against it, with what shows that. */
export function alsoOf(before: DenialCode[], money: Denial | undefined): Pick<Denial, 'also' | 'evidence'> {
  const also = [...before, ...(money === undefined ? [] : [money.code, ...(money.also ?? [])])]
  const { evidence } = money ?? {}
  return { ...(also.length === 0 ? {} : { also }), ...(evidence === undefined ? {} : { evidence }) }
}

/** What the balances have against a request that is refused for another reason; undefined too where they cannot be read. */
export async function moneyBlocker(
  deps: GatewayDeps,
  key: KeyEntry,
  route: Route,
  request: ModelRequest,
  plan?: Planned,
): Promise<Denial | undefined> {
  return refusalOf(deps, () => evaluate(deps, key, route, request, plan))
}

/** The refusal that an evaluation ends in; undefined too where balances cannot be read. */
export async function refusalOf(deps: GatewayDeps, look: () => Promise<Judged | Denial>): Promise<Denial | undefined> {
  try {
    const evaluation = await look()
    return isDenial(evaluation) ? evaluation : evaluation.refusal
  } catch (error) {
    deps.log.debug({ error: String(error) }, 'balances cannot be read for `also`')
    return undefined
  }
}

/** An evaluation of a hold, whatever it is for. */
export type Judged = Omit<Evaluation, 'route'>

/** What the balances, as they were read, say of a plan. */
export function judge(deps: GatewayDeps, { key, user, plan: planned }: Asking, plan: HoldPlan, balances: BalanceView[]): Judged {
  const affordable = Math.min(...balances.map(({ available }, leg) => affordableSteps(measureOf(plan, leg), available)))
  const fewest = Math.max(plan.steps.min, plan.outlook?.min ?? 0)
  const steps = Math.min(plan.steps.max, Math.max(affordable, plan.steps.min))
  const inDebt = balances.some(({ unit, available }) => unit === deps.settings.currency && available < 0n)
  const short = balances.some(({ available }, leg) => available < amountOf(measureOf(plan, leg), fewest))
  if (!short && !inDebt) return { plan, steps, reach: affordable, balances, refusal: undefined }
  const outcome = predicted(deps, plan, balances, fewest, Math.max(0, affordable))
  const refusal = insufficientFunds({ settings: deps.settings, key, legs: plan.legs, user, plan: planned }, outcome)
  return { plan, steps, reach: affordable, balances, refusal }
}

/** By what a leg is held: money, or what the quota counts. */
export function measureOf({ legs, measure }: HoldPlan, leg: number): HoldPlan['measure'] {
  const ref = legs[leg]
  return (ref?.kind === 'cap' ? ref.measure : undefined) ?? measure
}

function predicted(deps: GatewayDeps, plan: HoldPlan, balances: BalanceView[], fewest: number, affordable: number): Refused {
  const legs = balances.map(({ account, unit, available, held, lapsed = 0n, resetsAt }, leg) => {
    return { account, unit, required: amountOf(measureOf(plan, leg), fewest), available, held: held - lapsed, resetsAt }
  })
  const shortfalls = legs.flatMap((room, leg) => (room.available < room.required ? [{ leg, ...room }] : []))
  const reserved = shortfalls.every(({ required, available, held }) => available + held >= required)
  const [first] = shortfalls
  return { status: 'insufficient', reserved, leg: first?.leg ?? 0, also: [], shortfalls, steps: affordable, legs, at: deps.clock.now() }
}
