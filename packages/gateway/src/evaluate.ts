import { isDenial, type Denial, type DenialCode } from '@faregate/core'
import type { KeyEntry } from '@faregate/identity'
import { affordableSteps, amountOf } from '@faregate/pricing'
import type { ModelRequest } from '@faregate/wire'
import type { BalanceView, GatewayDeps } from './deps.ts'
import { insufficientFunds, type Insufficient } from './funds.ts'
import { planHold, type HoldPlan } from './hold-plan.ts'
import type { Route } from './locate.ts'
import { countedPlan } from './reserve.ts'

/** What the ledger would decide now, read without lock or effect: for explanations only, never to admit (M27). */
export interface Evaluation {
  plan: HoldPlan
  /** Output tokens a choice that the first hold would cover. */
  steps: number
  /** Output tokens a choice that every balance would afford in all. */
  reach: number
  balances: BalanceView[]
  refusal: Denial | undefined
}

/** Reads every balance that the request would touch and predicts the hold, or its refusal. */
export async function evaluate(deps: GatewayDeps, key: KeyEntry, route: Route, request: ModelRequest): Promise<Evaluation | Denial> {
  const plan = planHold(deps.settings, key, route, request)
  if (isDenial(plan)) return plan
  const balances = await deps.balances.read(plan.legs)
  const byBytes = judge(deps, key, request.user, plan, balances)
  if (byBytes.refusal === undefined) return byBytes
  const counted = await countedPlan(deps, key, route, request)
  return counted === undefined ? byBytes : judge(deps, key, request.user, counted, balances)
}

/** The money blockers that come after a refusal for another reason, for its `also`. */
export async function laterBlockers(
  deps: GatewayDeps,
  key: KeyEntry,
  route: Route,
  request: ModelRequest,
): Promise<{ also?: DenialCode[] }> {
  const refusal = await moneyBlocker(deps, key, route, request)
  return refusal === undefined ? {} : { also: [refusal.code, ...(refusal.also ?? [])] }
}

/** What the balances have against a request that is refused for another reason; undefined too where they cannot be read. */
export async function moneyBlocker(deps: GatewayDeps, key: KeyEntry, route: Route, request: ModelRequest): Promise<Denial | undefined> {
  try {
    const evaluation = await evaluate(deps, key, route, request)
    return isDenial(evaluation) ? evaluation : evaluation.refusal
  } catch (error) {
    deps.log.debug({ error: String(error) }, 'balances cannot be read for `also`')
    return undefined
  }
}

function judge(deps: GatewayDeps, key: KeyEntry, user: string | null, plan: HoldPlan, balances: BalanceView[]): Evaluation {
  const room = balances.reduce((least, { available }) => (available < least ? available : least), balances[0]?.available ?? 0n)
  const affordable = affordableSteps(plan.measure, room)
  const fewest = Math.max(plan.steps.min, plan.outlook?.min ?? 0)
  const steps = Math.min(plan.steps.max, Math.max(affordable, plan.steps.min))
  const inDebt = balances.some(({ unit, available }) => unit === deps.settings.currency && available < 0n)
  if (affordable >= fewest && !inDebt) return { plan, steps, reach: affordable, balances, refusal: undefined }
  const outcome = predicted(plan, balances, fewest, Math.max(0, affordable))
  return {
    plan,
    steps,
    reach: affordable,
    balances,
    refusal: insufficientFunds({ settings: deps.settings, key, legs: plan.legs, user }, outcome),
  }
}

function predicted(plan: HoldPlan, balances: BalanceView[], fewest: number, affordable: number): Insufficient {
  const required = amountOf(plan.measure, fewest)
  const shortfalls = balances.flatMap(({ account, unit, available, held, resetsAt }, leg) =>
    available < required ? [{ leg, account, unit, required, available, held, resetsAt }] : [],
  )
  const reserved = shortfalls.every(({ available, held }) => available + held >= required)
  const [first] = shortfalls
  return { status: 'insufficient', reserved, leg: first?.leg ?? 0, also: [], shortfalls, steps: affordable, at: 0 }
}
