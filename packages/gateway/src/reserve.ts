import { isDenial, type Denial } from '@faregate/core'
import type { KeyEntry } from '@faregate/identity'
import { LedgerUnavailable, type HoldOp, type Outcome } from '@faregate/ledger'
import { amountOf } from '@faregate/pricing'
import type { ModelRequest } from '@faregate/wire'
import type { GatewayDeps } from './deps.ts'
import { note, type Flow } from './flow.ts'
import { insufficientFunds, type FundsContext } from './funds.ts'
import { ledgerUnavailable } from './ledger-unavailable.ts'
import { inputBound, planHold, type HoldPlan } from './hold-plan.ts'
import type { Route } from './locate.ts'
import type { Offer } from './plans/port.ts'
import { routeUnder } from './plans/under-offer.ts'
import { moveLimits } from './limits/take.ts'
import { tagsText } from './tags.ts'

/** What is durably held for a request, and for how much output it stands. */
export interface Reservation {
  plan: HoldPlan
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
  if (flow.plan === undefined) return reserveUnder(deps, flow, key, route, request, undefined)
  let refused: Denial | undefined
  for (const offer of flow.plan.offers) {
    const limited = await moveLimits(deps, flow, { key, route, request }, offer)
    if (limited !== undefined) {
      refused ??= limited
      continue
    }
    const reserved = await reserveUnder(deps, flow, key, routeUnder(route, offer), request, offer)
    if (!isDenial(reserved) || !isQuotas(reserved)) return reserved
    refused ??= reserved
  }
  return refused ?? { code: 'gateway_misconfigured', detail: 'The plan offers nothing.', operatorDetail: 'a plan without offers' }
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
  let outcome = await submitHold(deps, flow, plan, key, route, request)
  if (isDenial(outcome)) return outcome
  let decided = plan
  if (outcome.status === 'insufficient') {
    const closer = await countedPlan(deps, key, route, request, offer)
    if (closer !== undefined) {
      decided = closer
      outcome = await submitHold(deps, flow, closer, key, route, request)
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

async function submitHold(
  deps: GatewayDeps,
  flow: Flow,
  plan: HoldPlan,
  key: KeyEntry,
  route: Route,
  request: ModelRequest,
): Promise<Outcome | Denial> {
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
    memo: holdMemo(flow, key, route, request),
  }
  try {
    return await deps.ledger.submit(operation)
  } catch (error) {
    if (error instanceof LedgerUnavailable) return ledgerUnavailable(error)
    throw error
  }
}

/** What a record can be rebuilt from after a kill. */
function holdMemo(flow: Flow, key: KeyEntry, route: Route, request: ModelRequest): string {
  const tags = tagsText(flow.inbound)
  return JSON.stringify({
    organization: key.organization.id,
    application: key.application.id,
    key: key.id,
    model: route.model.name,
    path: flow.inbound.path,
    stream: request.stream,
    priceVersion: route.candidates[0]?.price.version ?? null,
    ...(request.user === null ? {} : { user: request.user }),
    ...(tags === null ? {} : { tags }),
  })
}

type Held = Omit<Reservation, 'route' | 'offer'>

function reservationOf(deps: GatewayDeps, flow: Flow, key: KeyEntry, plan: HoldPlan, outcome: Outcome): Held | Denial {
  switch (outcome.status) {
    case 'ok':
    case 'exists': {
      const covered = outcome.steps ?? plan.steps.max
      const outlook = outcome.status === 'ok' ? outcome.outlook : undefined
      note(flow, 'reserve', 'ok', { held: amountOf(plan.measure, covered).toString(), seq: outcome.seq.toString() })
      return {
        plan,
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
export function inDebt(plan: HoldPlan, outcome: Extract<Outcome, { status: 'in_debt' }>): Extract<Outcome, { status: 'insufficient' }> {
  const leg = plan.legs.findIndex((ref) => ref.kind === 'wallet')
  const required = amountOf(plan.measure, plan.steps.min)
  const unit = plan.legs[leg]?.unit ?? ''
  const shortfall = { leg, account: outcome.account, unit, required, available: outcome.available, held: 0n, resetsAt: null }
  return { status: 'insufficient', reserved: false, leg, also: [], shortfalls: [shortfall], steps: 0, at: outcome.at }
}
