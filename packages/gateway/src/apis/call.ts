import { isDenial, type Denial } from '@faregate/core'
import type { KeyEntry } from '@faregate/identity'
import { authorizeApi, authorizeStage } from '../authorize.ts'
import { identifyCaller, waysOf } from '../callers/identify-caller.ts'
import { withNamedCaps } from '../caps.ts'
import type { GatewayDeps } from '../deps.ts'
import { alsoOf, refusalOf } from '../evaluate.ts'
import { finish } from '../finish.ts'
import { useOf, type Flow } from '../flow.ts'
import type { Limited } from '../limits/limited.ts'
import { withinLimits } from '../limits/within-limits.ts'
import { known, type Shared } from '../model-call.ts'
import { checkUse } from '../permission.ts'
import { planned } from '../plans/entitled.ts'
import { refuse } from '../refuse.ts'
import { reserveInArrears } from '../reserve-in-arrears.ts'
import { retiredApi } from '../retirement.ts'
import { checkStanding } from '../standing.ts'
import { tagsOf } from '../tags.ts'
import { addressRefused } from './addresses.ts'
import { namedRelease, releaseOfKey } from './canary.ts'
import { checkRequest } from './contract/check.ts'
import { deliverCall } from './deliver.ts'
import { evaluateCall, isFree, lengthOf, reserveCall, type AdmittedApi } from './hold.ts'
import { locateRoute } from './locate.ts'
import type { PublishedApi } from './port.ts'
import { retiredRoute } from './route-retirement.ts'
import { handshakeFlaw } from './web-socket/handshake.ts'

/** An API by the beginning of a path, and the rest of the path. */
export interface PublishedAt {
  value: PublishedApi
  rest: string
}

/** A call of a published API, from the credential to the record. */
export async function serveApi(shared: Shared, flow: Flow, at: PublishedAt): Promise<void> {
  const { deps, unsettled, tunnels } = shared
  const admitted = await admitCall(shared, flow, at, flow.inbound.method)
  if (isDenial(admitted)) return refuse(deps, flow, admitted)
  const mistaken = handshakeFlaw(flow.inbound, admitted)
  if (mistaken !== undefined) return refuse(deps, flow, mistaken)
  return withinLimits(deps, flow, limitedApi(deps, flow, admitted), async () => {
    const differs = await comparedRequest(flow, admitted)
    if (differs === 'gone') return finish(deps, flow, { outcome: 'aborted', status: 499, delivery: 'none' })
    if (differs !== undefined) return refuse(deps, flow, differs)
    const call = { deps, unsettled, tunnels, flow, target: admitted }
    if (isFree(admitted)) return deliverCall({ ...call, reservation: undefined })
    if (admitted.route.metered !== undefined) admitted.sent = lengthOf(flow.inbound)
    const reservation = await reserveInArrears(deps, flow, admitted.key, {
      look: () => evaluateCall(deps, admitted, flow.plan),
      reserve: () => reserveCall(deps, flow, admitted),
    })
    if (isDenial(reservation)) return refuse(deps, flow, reservation)
    flow.reservation = reservation
    return deliverCall({ ...call, reservation })
  })
}

/** `gone`: the caller left before its body was here. */
async function comparedRequest(flow: Flow, admitted: AdmittedApi): Promise<Denial | 'gone' | undefined> {
  if (admitted.checks === undefined) return undefined
  try {
    return await checkRequest(flow, admitted)
  } catch (error) {
    if (flow.outbound.closed) return 'gone'
    const forged = flow.signedBody?.refusal()
    if (forged !== undefined) return forged
    throw error
  }
}

/** A call of an API as limits see it: one request. */
export function limitedApi(deps: GatewayDeps, flow: Flow, admitted: AdmittedApi): Limited {
  const limited = { key: admitted.key, user: null }
  return isFree(admitted) ? limited : { ...limited, moneyBlocker: () => moneyBlocker(deps, flow, admitted) }
}

/**
 * Identify, locate the route, authorize, entitle: in the order in which refusals take precedence. Below a prefix nobody
 * is told of routes without a key. What is free is sold by no plan.
 */
export async function admitCall(shared: Shared, flow: Flow, at: PublishedAt, method: string): Promise<AdmittedApi | Denial> {
  const { deps } = shared
  const { rest } = at
  const { name } = at.value.entry
  const named = namedRelease(at.value, flow.inbound)
  flow.api = { name, route: null, release: named.entry.release }
  const found = await callerOf(shared, flow, named)
  if (isDenial(found)) return found
  flow.step = 'configuration'
  const value = releaseOfKey(at.value, named, found)
  const { release } = value.entry
  flow.api = { name, route: null, release }
  const key = await withNamedCaps(deps, found, null, tagsOf(flow.inbound))
  if (isDenial(key)) return key
  const closed = retiredApi(deps, value.entry) ?? authorizeStage(found, value.entry, deps.settings.publicUrl())
  if (closed !== undefined) return closed
  const target = locateRoute(value, method, rest)
  if (isDenial(target)) return target
  flow.api = { name, route: target.route.name, release }
  const ended = retiredRoute(deps, target)
  if (ended !== undefined) return ended
  const admitted: AdmittedApi = { ...target, key, price: target.route.price ?? 0n }
  const standing = checkStanding(deps.settings, key)
  const use = useOf(flow, { scope: 'apis', address: flow.inbound.ip, product: { api: name }, standing: true, free: isFree(admitted) })
  const permission = checkUse(key, use) ?? authorizeApi(key, name) ?? addressRefused(value.entry, use.address)
  const first = standing ?? permission
  if (first !== undefined) {
    const others = first !== permission && permission !== undefined ? [permission.code] : []
    return { ...first, ...alsoOf(others, await moneyBlocker(deps, flow, admitted)) }
  }
  if (isFree(admitted)) return admitted
  const plan = await planned(deps, flow, key, use.product)
  if (isDenial(plan)) return { ...plan, ...alsoOf(plan.also ?? [], await moneyBlocker(deps, flow, admitted)) }
  if (plan !== undefined) flow.plan = plan
  return admitted
}

/** Whoever asks for an explanation has proved who that is, with a key. */
function callerOf(shared: Shared, flow: Flow, api: PublishedApi): Promise<KeyEntry | Denial> {
  const ways = waysOf(shared.deps, api)
  return ways === undefined || flow.key !== undefined ? known(shared, flow) : identifyCaller(flow, ways)
}

/** What balances have against the call; nothing where it is free. */
async function moneyBlocker(deps: GatewayDeps, flow: Flow, admitted: AdmittedApi): Promise<Denial | undefined> {
  return isFree(admitted) ? undefined : refusalOf(deps, () => evaluateCall(deps, admitted, flow.plan))
}
