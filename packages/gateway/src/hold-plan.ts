import { walletOf, type Denial } from '@faregate/core'
import type { KeyEntry } from '@faregate/identity'
import type { AccountRef, HoldOp } from '@faregate/ledger'
import { holdMeasure, type Bound } from '@faregate/pricing'
import type { ModelRequest } from '@faregate/wire'
import { capsOf } from './caps.ts'
import type { Settings } from './deps.ts'
import { priceMissing, type Route } from './locate.ts'
import type { Offer } from './plans/port.ts'
import { quotaLegs } from './plans/under-offer.ts'

/** Fewer affordable output tokens than this are refused rather than announced (M12). */
const FEWEST_AFFORDABLE = 256

/** What a request asks of the ledger, before anything is decided. */
export interface HoldPlan {
  legs: AccountRef[]
  bound: Bound
  measure: HoldOp['measure']
  /** Output tokens a choice, for the first hold. */
  steps: { min: number; max: number }
  outlook?: { min: number; max: number }
  /** The caller gave no limit; the hold decides it. */
  limitIsOurs: boolean
  /** The caller's limit, or the most that we would set. Tokens a choice. */
  ceiling: number
  /** Held slice by slice (M13), because all output is seen before it is billed (M14). */
  sliced: boolean
  sliceTokens: number
}

/** Plans the hold of a request by M11 to M15. `inputTokens` replaces the bound by bytes once it was counted. */
export function planHold(
  settings: Settings,
  key: KeyEntry,
  route: Route,
  request: ModelRequest,
  inputTokens = inputBound(route, request),
  offer?: Offer,
): HoldPlan | Denial {
  const hiddenOutput = route.hiddenOutput || request.canCause.hiddenOutput
  const { n, units, pricedBy } = request
  const bound: Bound = {
    inputTokens,
    n,
    canCause: { ...request.canCause, hiddenOutput },
    ...(units === undefined ? {} : { units }),
    ...(pricedBy === undefined ? {} : { pricedBy }),
  }
  const measured = holdMeasure(
    bound,
    route.candidates.map(({ price }) => price),
  )
  if (!measured.ok) return priceMissing(route.model.name, `the request can cause "${measured.missing}", which has no price`)
  // Where nothing is generated there is nothing to limit.
  const limitIsOurs = request.outputLimit === null && n > 0
  const ceiling = outputCeiling(settings, route, request)
  const affordable = { min: Math.min(FEWEST_AFFORDABLE, ceiling), max: ceiling }
  const legs = legsOf(settings, key, request.user, quotaLegs(offer, inputTokens, n))
  const plan = { legs, bound, measure: measured.measure, limitIsOurs, ceiling }
  const sliceTokens = route.model.sliceTokens ?? settings.sliceTokens
  if (!request.stream || hiddenOutput) {
    return { ...plan, sliced: false, sliceTokens, steps: limitIsOurs ? affordable : { min: ceiling, max: ceiling } }
  }
  const first = Math.min(sliceTokens, ceiling)
  if (!limitIsOurs) return { ...plan, sliced: true, sliceTokens, steps: { min: first, max: first } }
  return { ...plan, sliced: true, sliceTokens, steps: { min: Math.min(first, affordable.min), max: first }, outlook: affordable }
}

/** The most input that any of the deployments could bill: what an image costs depends on the model. */
export function inputBound(route: Route, request: ModelRequest): number {
  return Math.max(...route.candidates.map(({ deployment }) => request.inputBoundFor(deployment.model)))
}

/** The most output of a choice, in tokens: the caller's limit, or the one that we would set. */
export function outputCeiling(settings: Settings, route: Route, { n, outputLimit }: ModelRequest): number {
  return n === 0 ? 0 : (outputLimit ?? absentLimit(settings, route))
}

function absentLimit(settings: Settings, route: Route): number {
  return Math.min(route.maxOutput ?? Number.MAX_SAFE_INTEGER, route.model.maxOutputWhenAbsent ?? settings.maxOutputWhenAbsent)
}

/** Every balance that a request touches, in order of precedence: caps, quotas, the wallet. `user`: the end user whom it names. */
export function legsOf(
  { currency }: Pick<Settings, 'currency'>,
  key: KeyEntry,
  user: string | null,
  quotas: readonly AccountRef[] = [],
): AccountRef[] {
  return [...capsOf(key, user, currency), ...quotas, { kind: 'wallet', id: walletOf(key.organization.id), unit: currency }]
}
