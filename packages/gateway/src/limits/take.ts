import type { Denial, LimitRule } from '@faregate/core'
import type { Admission } from '@faregate/limits'
import type { GatewayDeps } from '../deps.ts'
import type { Flow } from '../flow.ts'
import type { Offer } from '../plans/port.ts'
import { tagsOf } from '../tags.ts'
import { demandsOf, type Asking } from './demands.ts'
import { limitDenial } from './denial.ts'
import type { Limited } from './limited.ts'
import { limitsUnder, sameLimits } from './ways.ts'

/** Counts the request under the limits of an offer. */
export async function take(deps: GatewayDeps, flow: Flow, limited: Limited, offer: Offer | undefined): Promise<Admission> {
  const asking = askingOf(flow, limited, limitsUnder(limited.key, offer))
  const taken = deps.limiter.take(flow.id, demandsOf(asking))
  const admission = taken instanceof Promise ? await taken : taken
  flow.admission = admission
  flow.limitedUnder = offer
  return admission
}

/** Counts a request under another subscription than the one it was let through by, where that has no quota left for it. */
export async function moveLimits(deps: GatewayDeps, flow: Flow, limited: Limited, offer: Offer): Promise<Denial | undefined> {
  if (sameLimits(flow.limitedUnder, offer) && flow.admission?.admitted !== false) return undefined
  flow.admission?.undo()
  const admission = await take(deps, flow, limited, offer)
  return admission.admitted ? undefined : limitDenial(deps.settings, limited.key, admission.standings, deps.clock.now())
}

/** What a request asks of limits. */
export function askingOf(flow: Flow, { user, tokens }: Limited, limits: readonly LimitRule[]): Asking {
  const counted = limits.some(({ terms }) => terms.kind === 'tokens')
  return { limits, user, tags: tagsOf(flow.inbound), tokens: counted ? tokens?.() : undefined }
}
