import type { Denial } from '@faregate/core'
import type { Admission, Standing } from '@faregate/limits'
import type { GatewayDeps } from '../deps.ts'
import type { Flow } from '../flow.ts'
import { refuse } from '../refuse.ts'
import { demandsOf } from './demands.ts'
import { firstOf, limitDenial } from './denial.ts'
import type { Limited } from './limited.ts'
import { askingOf, take } from './take.ts'
import { limitRows } from '../trace/limit-rows.ts'
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
  const refused: Admission[] = []
  for (const offer of waysOf(flow.plan)) {
    const admission = await take(deps, flow, limited, offer)
    if (admission.admitted) {
      if (flow.plan !== undefined) flow.plan = withoutOffers(flow.plan, full)
      return undefined
    }
    refused.push(admission)
    if (offer === undefined || !byPlanAlone(admission.standings)) break
    full.add(offer.subscription)
  }
  const { nearest, denial } = refusedBy(deps, limited, refused)
  flow.admission = nearest
  return firstOf(denial, await limited.moneyBlocker?.())
}

/** Any of several ways would have done: the one that opens soonest names the refusal. What each plan limits is shown with it. */
function refusedBy<Way extends Pick<Admission, 'standings'>>(deps: GatewayDeps, { key }: Limited, ways: Way[]) {
  const nearest = ways.reduce((best, way) => (waitOf(way) < waitOf(best) ? way : best))
  const [first, ...others] = ways
  const seen = others.flatMap(({ standings }) => standings.filter((standing) => isOfPlan(standing) || !standing.ok))
  const denial = limitDenial(deps.settings, key, nearest.standings, deps.clock.now())
  return { nearest, denial: { ...denial, evidence: limitRows([...(first?.standings ?? []), ...seen]) } }
}

/** Milliseconds until all that refuses would let it through. */
function waitOf({ standings }: Pick<Admission, 'standings'>): number {
  return Math.max(...standings.map(({ ok, waitMs }) => (ok ? 0 : waitMs)))
}

/** What would be refused by the limits of another subscription, too, need not be tried under it. */
function byPlanAlone(standings: Standing[]): boolean {
  return standings.every((standing) => standing.ok || isOfPlan(standing))
}

function isOfPlan({ demand }: Standing): boolean {
  return demand.rule.scope.level === 'plan'
}

/** What the limits would say of a request, without effect. */
export async function limitVerdict(deps: GatewayDeps, flow: Flow, limited: Limited): Promise<Denial | undefined> {
  if (unlimited(flow.plan, limited.key)) return undefined
  const refused: Pick<Admission, 'standings'>[] = []
  for (const offer of waysOf(flow.plan)) {
    const asking = askingOf(flow, limited, limitsUnder(limited.key, offer))
    const { admitted: served, standings } = await deps.limiter.peek(demandsOf(asking))
    if (served) return undefined
    refused.push({ standings })
    if (!byPlanAlone(standings)) break
  }
  return refusedBy(deps, limited, refused).denial
}
