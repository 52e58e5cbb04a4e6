import { isDenial, type Denial, type LimitRule } from '@faregate/core'
import type { GatewayDeps } from '../deps.ts'
import { moneyBlocker } from '../evaluate.ts'
import { tagsOf } from '../finish.ts'
import { note, type Flow } from '../flow.ts'
import type { Admitted } from '../model-call.ts'
import { refuse } from '../refuse.ts'
import { demandsOf, tokenBound, type Asking } from './demands.ts'
import { firstOf, limitDenial } from './denial.ts'
import { usedTokens } from './used-tokens.ts'

/**
 * Serves a request within the limits of its key, or refuses it. Places are given back, and tokens corrected by what was
 * used, when the request ends, whatever way. `free`: it uses no tokens, and no balance.
 */
export async function withinLimits(
  deps: GatewayDeps,
  flow: Flow,
  admitted: Admitted,
  serve: () => Promise<void>,
  free = false,
): Promise<void> {
  const { limits } = admitted.key
  if (limits === undefined) return serve()
  const refused = await limit(deps, flow, admitted, limits, free)
  if (refused !== undefined) return refuse(deps, flow, refused)
  try {
    await serve()
  } finally {
    flow.admission?.end(usedTokens(flow))
  }
}

/** Takes from every limit at once, before anything is held (M27). */
async function limit(
  deps: GatewayDeps,
  flow: Flow,
  admitted: Admitted,
  limits: readonly LimitRule[],
  free: boolean,
): Promise<Denial | undefined> {
  const { key, route, request } = admitted
  const asking = askingOf(deps, flow, admitted, limits, free)
  if (isDenial(asking)) return asking
  const taken = deps.limiter.take(flow.id, demandsOf(asking))
  const admission = taken instanceof Promise ? await taken : taken
  flow.admission = admission
  if (admission.admitted) {
    note(flow, 'limit', 'ok', { limits: limits.length })
    return undefined
  }
  const refused = limitDenial(key, admission.standings, deps.clock.now())
  return free ? refused : firstOf(refused, await moneyBlocker(deps, key, route, request, flow.plan))
}

/** What the limits would say of a request, without effect. */
export async function limitVerdict(deps: GatewayDeps, flow: Flow, admitted: Admitted): Promise<Denial | undefined> {
  const { key } = admitted
  if (key.limits === undefined) return undefined
  const asking = askingOf(deps, flow, admitted, key.limits, false)
  if (isDenial(asking)) return asking
  const { admitted: served, standings } = await deps.limiter.peek(demandsOf(asking))
  return served ? undefined : limitDenial(key, standings, deps.clock.now())
}

function askingOf(
  { settings }: GatewayDeps,
  flow: Flow,
  { key, route, request }: Admitted,
  limits: readonly LimitRule[],
  free: boolean,
): Asking | Denial {
  const counted = !free && limits.some(({ terms }) => terms.kind === 'tokens')
  const tokens = counted ? tokenBound(settings, key, route, request) : undefined
  return isDenial(tokens) ? tokens : { limits, user: request.user, tags: tagsOf(flow), tokens }
}
