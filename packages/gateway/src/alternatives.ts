import { formatAmount, isDenial, walletOf, type CallFeature, type Denial, type Nano } from '@faregate/core'
import { allowsModel, type KeyEntry } from '@faregate/identity'
import { amountOf } from '@faregate/pricing'
import type { EndpointDialect, ModelRequest } from '@faregate/wire'
import { TOO_LOW } from './balance-refusal.ts'
import { carriesWhole } from './call/carries-whole.ts'
import { evaluate } from './evaluate.ts'
import { planHold } from './hold-plan.ts'
import type { Route } from './locate.ts'
import type { Shared } from './model-call.ts'
import { fitsFeature } from './models/fits-feature.ts'
import { withMethod } from './plans/payment-method.ts'
import type { Planned } from './plans/port.ts'
import { routeUnder } from './plans/under-offer.ts'
import type { Flow } from './flow.ts'
import { wantedOf } from './plans/wanted.ts'
import { routeOf } from './price-terms.ts'
import { servable } from './servable.ts'
import { surfaceOf } from './surfaces.ts'

/** Where another model is a way out. */
const CODES: readonly string[] = [...TOO_LOW, 'plan_upgrade_required']

/** Looking for them costs the gateway something and the caller nothing, so it is bounded. */
const MOST_LOOKED_AT = 500
const MOST_TRIED = 8
const MOST_OFFERED = 3

/** A request that was refused. */
interface Refused {
  key: KeyEntry
  route: Route
  request: ModelRequest
  dialect: EndpointDialect
  /** Where it was sent. */
  path: string
  plan: Planned | undefined
}

type Alternatives = NonNullable<Denial['alternatives']>

/** The refusal with the models that would serve this very request, if it is one to which that is a way out. */
export async function withAlternatives(shared: Shared, { facade }: Flow, refused: Refused, denial: Denial): Promise<Denial> {
  if (!facade.othersToo || !CODES.includes(denial.code)) return denial
  let alternatives: Alternatives
  try {
    alternatives = await alternativesTo(shared, refused)
  } catch (error) {
    shared.deps.log.debug({ error: String(error) }, 'no other models can be looked for')
    return denial
  }
  const [first] = alternatives
  if (first === undefined) return denial
  const fix = { kind: 'change_request', action: 'use_alternative', by: 'caller', canYou: true, model: first.model } as const
  return { ...denial, alternatives, fixes: [...(denial.fixes ?? []), fix] }
}

/** A model that may do, and how it would be had. */
interface Candidate {
  route: Route
  plan: Planned | undefined
  /** The least that would have to be held. */
  least: Nano
}

/** Models that this key may call and the balance covers for the request, no dearer than the one that was asked for; the dearest first. */
async function alternativesTo(shared: Shared, refused: Refused): Promise<Alternatives> {
  const found: Alternatives = []
  for (const { route, plan } of (await candidatesFor(shared, refused)).slice(0, MOST_TRIED)) {
    const evaluation = await evaluate(shared.deps, refused.key, route, refused.request, plan)
    if (isDenial(evaluation) || evaluation.refusal !== undefined) continue
    found.push({ model: route.model.name, hold: formatAmount(amountOf(evaluation.plan.measure, evaluation.steps)) })
    if (found.length === MOST_OFFERED) break
  }
  return found
}

async function candidatesFor(shared: Shared, refused: Refused): Promise<Candidate[]> {
  const { deps } = shared
  const { key, route } = refused
  const wallet = { kind: 'wallet' as const, id: walletOf(key.organization.id), unit: deps.settings.currency }
  const [balance] = await deps.balances.read([wallet])
  const most = smaller(leastHold(shared, refused, route, refused.plan), balance?.available ?? 0n)
  const names = [...deps.snapshot().models.keys()].toSorted().slice(0, MOST_LOOKED_AT)
  const candidates: Candidate[] = []
  for (const name of names) {
    const candidate = name === route.model.name ? undefined : await candidateOf(shared, refused, name)
    if (candidate !== undefined && candidate.least <= most) candidates.push(candidate)
  }
  return candidates.toSorted((a, b) => (a.least === b.least ? 0 : a.least > b.least ? -1 : 1))
}

/** A model that the key may have and that takes the request as it is. */
async function candidateOf(shared: Shared, refused: Refused, name: string): Promise<Candidate | undefined> {
  const { deps, locator } = shared
  const { key, request, dialect, path } = refused
  if (!allowsModel(key, name)) return undefined
  const located = locator.find(name)
  if (isDenial(located)) return undefined
  const route = servable(routeOf(key.organization, located), dialect)
  if (isDenial(route) || !takes(route, refused, surfaceOf(path)?.feature)) return undefined
  const entitlement = await deps.plans.entitlement(key.organization.id, wantedOf(request, path, name))
  if (entitlement.kind !== 'balance' && entitlement.kind !== 'offers') return undefined
  const plan = entitlement.kind === 'offers' ? withMethod(deps.settings, key, entitlement) : undefined
  if (isDenial(plan)) return undefined
  const least = leastHold(shared, refused, route, plan)
  return least === undefined ? undefined : { route, plan, least }
}

function takes(route: Route, { request, dialect }: Refused, feature: CallFeature | undefined): boolean {
  if (feature === undefined || !fitsFeature(route, feature)) return false
  const enough = route.maxOutput === undefined || request.outputLimit === null || request.outputLimit <= route.maxOutput
  return enough && carriesWhole(route, request, dialect)
}

/** Undefined where what the request can use has no price. */
function leastHold({ deps }: Shared, { key, request }: Refused, route: Route, plan: Planned | undefined): Nano | undefined {
  const offer = plan?.offers[0]
  const hold = planHold(deps.settings, key, routeUnder(route, offer), request, undefined, offer)
  return isDenial(hold) ? undefined : amountOf(hold.measure, Math.max(hold.steps.min, hold.outlook?.min ?? 0))
}

function smaller(a: Nano | undefined, b: Nano): Nano {
  return a !== undefined && a < b ? a : b
}
