import type { Denial } from '@faregate/core'
import type { Admission, Standing } from '@faregate/limits'
import type { GatewayDeps } from '../deps.ts'
import type { Flow } from '../flow.ts'
import { refuse } from '../refuse.ts'
import { demandsOf } from './demands.ts'
import { firstOf, limitDenial } from './denial.ts'
import type { Limited } from './limited.ts'
import { askingOf, take } from './take.ts'
import { usedTokens } from './used-tokens.ts'
import { limitsUnder, unlimited, waysOf, withoutOffers } from './ways.ts'

/**
 * Serves a request within the limits of its key and its plan, or refuses it. Places are given back, and tokens corrected by
 * what was used, when the request ends, whatever way.
 */
export async function withinLimits(deps: GatewayDeps, flow: Flow, limited: Limited, serve: () => Promise<void>): Promise<void> {
  flow.step = 'limits'
  if (unlimited(flow.plan, limited.key)) return serve()
  const refused = await limit(deps, flow, limited)
  if (refused !== undefined) return refuse(deps, flow, refused)
  try {
    await serve()
  } finally {
    flow.admission?.end(usedTokens(flow))
  }
}

/**
 * Takes from every limit at once, before anything is held (M27). Of several subscriptions, the first whose own limits have
 * room counts; what those of the others refuse now is not tried.
 */
async function limit(deps: GatewayDeps, flow: Flow, limited: Limited): Promise<Denial | undefined> {
  const full = new Set<string>()
  let refused: Admission | undefined
  for (const offer of waysOf(flow.plan)) {
    const admission = await take(deps, flow, limited, offer)
    if (admission.admitted) {
      if (flow.plan !== undefined) flow.plan = withoutOffers(flow.plan, full)
      return undefined
    }
    refused ??= admission
    if (offer === undefined || !byPlanAlone(admission.standings)) break
    full.add(offer.subscription)
  }
  if (refused === undefined) return undefined
  flow.admission = refused
  const denial = limitDenial(deps.settings, limited.key, refused.standings, deps.clock.now())
  return firstOf(denial, await limited.moneyBlocker?.())
}

/** What would be refused by the limits of another subscription, too, need not be tried under it. */
function byPlanAlone(standings: Standing[]): boolean {
  return standings.every(({ ok, demand }) => ok || demand.rule.scope.level === 'plan')
}

/** What the limits would say of a request, without effect. */
export async function limitVerdict(deps: GatewayDeps, flow: Flow, limited: Limited): Promise<Denial | undefined> {
  if (unlimited(flow.plan, limited.key)) return undefined
  let refused: Denial | undefined
  for (const offer of waysOf(flow.plan)) {
    const asking = askingOf(flow, limited, limitsUnder(limited.key, offer))
    const { admitted: served, standings } = await deps.limiter.peek(demandsOf(asking))
    if (served) return undefined
    refused ??= limitDenial(deps.settings, limited.key, standings, deps.clock.now())
    if (!byPlanAlone(standings)) break
  }
  return refused
}
