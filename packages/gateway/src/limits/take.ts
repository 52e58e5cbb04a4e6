import type { Denial, LimitRule } from '@faregate/core'
import type { Admission } from '@faregate/limits'
import type { GatewayDeps } from '../deps.ts'
import type { Flow } from '../flow.ts'
import type { Admitted } from '../model-call.ts'
import type { Offer } from '../plans/port.ts'
import { tagsOf } from '../tags.ts'
import { demandsOf, tokenBound, type Asking } from './demands.ts'
import { limitDenial } from './denial.ts'
import { limitsUnder, sameLimits } from './ways.ts'

/** Counts the request under the limits of an offer. */
export async function take(deps: GatewayDeps, flow: Flow, admitted: Admitted, offer: Offer | undefined, free: boolean): Promise<Admission> {
  const asking = askingOf(deps, flow, admitted, limitsUnder(admitted.key, offer), free)
  const taken = deps.limiter.take(flow.id, demandsOf(asking))
  const admission = taken instanceof Promise ? await taken : taken
  flow.admission = admission
  flow.limitedUnder = offer
  return admission
}

/** Counts a request under another subscription than the one it was let through by, where that has no quota left for it. */
export async function moveLimits(deps: GatewayDeps, flow: Flow, admitted: Admitted, offer: Offer): Promise<Denial | undefined> {
  if (sameLimits(flow.limitedUnder, offer) && flow.admission?.admitted !== false) return undefined
  flow.admission?.undo()
  const admission = await take(deps, flow, admitted, offer, false)
  return admission.admitted ? undefined : limitDenial(deps.settings, admitted.key, admission.standings, deps.clock.now())
}

/** What a request asks of limits. */
export function askingOf(
  { settings }: GatewayDeps,
  flow: Flow,
  { route, request }: Admitted,
  limits: readonly LimitRule[],
  free: boolean,
): Asking {
  const counted = !free && limits.some(({ terms }) => terms.kind === 'tokens')
  const tokens = counted ? tokenBound(settings, route, request) : undefined
  return { limits, user: request.user, tags: tagsOf(flow.inbound), tokens }
}
