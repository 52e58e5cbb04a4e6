import { isDenial, type Denial } from '@faregate/core'
import type { KeyEntry } from '@faregate/identity'
import { LedgerUnavailable, type Done, type HoldOp, type Outcome } from '@faregate/ledger'
import { amountOf } from '@faregate/pricing'
import type { ModelRequest } from '@faregate/wire'
import type { GatewayDeps } from './deps.ts'
import type { Flow } from './flow.ts'
import { insufficientFunds, type FundsContext, type Insufficient } from './funds.ts'
import { ledgerUnavailable } from './ledger-unavailable.ts'
import { inputBound, planHold, type HoldPlan } from './hold-plan.ts'
import type { Route } from './locate.ts'
import type { Offer } from './plans/port.ts'
import { nearestWay, type RefusedWay } from './plans/several-ways.ts'
import { routeUnder } from './plans/under-offer.ts'
import { tokenBound } from './limits/demands.ts'
import type { Limited } from './limits/limited.ts'
import { moveLimits } from './limits/take.ts'
import { tagsText } from './tags.ts'

/** What is durably held for a request, and for how much output it stands. */
export interface Reservation {
  plan: HoldPlan
  /** What the ledger answered to the first hold. */
  entry: Done
  /** At the prices that are charged. */
  route: Route
  /** The plan's, where there is one. */
  offer: Offer | undefined
  /** Holds taken so far: `<request>.0` to `<request>.<slices-1>`. */
  slices: number
  /** Nano-units held, over all slices. */
  held: bigint
  /** Output tokens a choice that are covered. */
  covered: number
  /** The output limit in force, tokens a choice: the caller's, or the one that we announce. */
  limit: number
}

/**
 * Takes the one hold over every balance that the request touches, durably, or says which lacks room. Under plans, their offers are
 * tried in turn, until the quotas of one have room: a hold that was refused has left nothing.
 */
export async function reserve(
  deps: GatewayDeps,
  flow: Flow,
  key: KeyEntry,
  route: Route,
  request: ModelRequest,
): Promise<Reservation | Denial> {
  const limited = { key, user: request.user, tokens: () => tokenBound(deps.settings, route, request) }
  return underOffers(deps, flow, limited, (offer) => reserveUnder(deps, flow, key, routeUnder(route, offer), request, offer))
}

/** Tries the offers of the plans in turn; without plans once, without an offer. */
export async function underOffers<T extends object>(
  deps: GatewayDeps,
  flow: Flow,
  limited: Limited,
  attempt: (offer: Offer | undefined) => Promise<T | Denial>,
): Promise<T | Denial> {
  const { plan } = flow
  if (plan === undefined) return attempt(undefined)
  const refused: RefusedWay[] = []
  for (const offer of plan.offers) {
    const moved = await moveLimits(deps, flow, limited, offer)
    const reserved = moved ?? (await attempt(offer))
    if (!isDenial(reserved) || (moved === undefined && !isQuotas(reserved))) return reserved
    refused.push({ offer, refusal: reserved })
  }
  return (
    nearestWay(refused)?.refusal ?? {
      code: 'gateway_misconfigured',
      detail: 'The plan offers nothing.',
      operatorDetail: 'a plan without offers',
    }
  )
}

/** Another offer may have room for it. */
export function isQuotas({ scope }: Denial): boolean {
  return scope?.['balance'] === 'quota'
}

async function reserveUnder(
  deps: GatewayDeps,
  flow: Flow,
  key: KeyEntry,
  route: Route,
  request: ModelRequest,
  offer: Offer | undefined,
): Promise<Reservation | Denial> {
  const plan = planHold(deps.settings, key, route, request, undefined, offer)
  if (isDenial(plan)) return plan
  const memo = holdMemo(flow, key, route, request)
  let outcome = await submitHold(deps, flow, plan, memo)
  if (isDenial(outcome)) return outcome
  let decided = plan
  if (outcome.status === 'insufficient') {
    const closer = await countedPlan(deps, key, route, request, offer)
    if (closer !== undefined) {
      decided = closer
      outcome = await submitHold(deps, flow, closer, memo)
      if (isDenial(outcome)) return outcome
    }
  }
  const reserved = reservationOf(deps, flow, key, decided, outcome)
  return isDenial(reserved) ? reserved : { ...reserved, route, offer }
}

/**
 * The plan with counted instead of bounded input, made only when the bound was refused (M11): the tokenizer's
 * count plus 10 %. Undefined where that is not smaller.
 */
export async function countedPlan(
  deps: GatewayDeps,
  key: KeyEntry,
  route: Route,
  request: ModelRequest,
  offer?: Offer,
): Promise<HoldPlan | undefined> {
  const text = request.inputText()
  const counted = Math.ceil((await deps.tokens.count(text)) * 1.1)
  const saved = Buffer.byteLength(text) - counted
  if (saved <= 0) return undefined
  const plan = planHold(deps.settings, key, route, request, inputBound(route, request) - saved, offer)
  return isDenial(plan) ? undefined : plan
}

/** Hands a hold to the ledger. `memo`: what a record can be rebuilt from after a kill. */
export async function submitHold(deps: GatewayDeps, flow: Flow, plan: HoldPlan, memo: string): Promise<Outcome | Denial> {
  const operation: HoldOp = {
    type: 'hold',
    id: `${flow.id}.0`,
    request: flow.id,
    slice: 0,
    instance: deps.instance.epoch,
    legs: plan.legs,
    measure: plan.measure,
    steps: plan.steps,
    ...(plan.outlook === undefined ? {} : { outlook: plan.outlook }),
    memo,
  }
  try {
    return await deps.ledger.submit(operation)
  } catch (error) {
    if (error instanceof LedgerUnavailable) return ledgerUnavailable(error)
    throw error
  }
}

function holdMemo(flow: Flow, key: KeyEntry, route: Route, request: ModelRequest): string {
  return memoOf(flow, key, {
    model: route.model.name,
    stream: request.stream,
    priceVersion: route.candidates[0]?.price.version ?? null,
    ...(flow.api === undefined ? {} : { api: flow.api.name, route: flow.api.route }),
    ...(request.user === null ? {} : { user: request.user }),
  })
}

/** Who called, where, and what. */
export function memoOf(flow: Flow, key: KeyEntry, called: Record<string, unknown>): string {
  const tags = tagsText(flow.inbound)
  const caller = { organization: key.organization.id, application: key.application.id, key: key.id }
  return JSON.stringify({ ...caller, path: flow.inbound.path, ...called, ...(tags === null ? {} : { tags }) })
}

/** What a hold has secured. */
export type Held = Omit<Reservation, 'route' | 'offer'>

/** The reservation that the ledger has made of a plan, or the refusal that its outcome is. */
export function reservationOf(deps: GatewayDeps, flow: Flow, key: KeyEntry, plan: HoldPlan, outcome: Outcome): Held | Denial {
  switch (outcome.status) {
    case 'ok':
    case 'exists': {
      const covered = outcome.steps ?? plan.steps.max
      const outlook = outcome.status === 'ok' ? outcome.outlook : undefined
      return {
        plan,
        entry: outcome,
        slices: 1,
        held: amountOf(plan.measure, covered),
        covered,
        limit: plan.limitIsOurs ? (plan.sliced ? (outlook ?? plan.ceiling) : covered) : plan.ceiling,
      }
    }
    case 'insufficient':
      return insufficientFunds(fundsOf(deps, flow, key, plan), outcome)
    case 'in_debt':
      return insufficientFunds(fundsOf(deps, flow, key, plan), inDebt(plan, outcome))
    default:
      return {
        code: 'gateway_misconfigured',
        detail: 'The balance of this key cannot be used.',
        operatorDetail: `hold refused: ${outcome.status}`,
      }
  }
}

function fundsOf({ settings }: GatewayDeps, flow: Flow, key: KeyEntry, { legs }: HoldPlan): FundsContext {
  return { settings, key, legs, user: flow.request?.user ?? null, plan: flow.plan }
}

/** In debt nothing is admitted, whatever it costs: the debt and this request are what is missing (M6). */
export function inDebt(plan: HoldPlan, outcome: Extract<Outcome, { status: 'in_debt' }>): Insufficient {
  const leg = plan.legs.findIndex((ref) => ref.kind === 'wallet')
  const required = amountOf(plan.measure, plan.steps.min)
  const unit = plan.legs[leg]?.unit ?? ''
  const shortfall = { leg, account: outcome.account, unit, required, available: outcome.available, held: 0n, resetsAt: null }
  const { seq, legs, at } = outcome
  return { status: 'insufficient', reserved: false, leg, also: [], shortfalls: [shortfall], steps: 0, seq, legs, at }
}
