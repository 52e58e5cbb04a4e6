import { isDenial, type Denial, type KeyScope } from '@faregate/core'
import { allowsModel, type KeyEntry } from '@faregate/identity'
import type { EndpointDialect, ModelRequest } from '@faregate/wire'
import { call, type Called, type Resilience } from './call/call.ts'
import { parkDeployment } from './call/park.ts'
import type { Calling } from './call/prepare.ts'
import { identifyCaller } from './callers/identify-caller.ts'
import { deliverAnswer } from './deliver/answer.ts'
import type { Delivery } from './deliver/context.ts'
import type { Tunnels } from './apis/web-socket/tunnel.ts'
import { nobodyThere } from './deliver/nobody.ts'
import { deliverLarge } from './deliver/large.ts'
import { deliverStream } from './deliver/stream.ts'
import type { GatewayDeps } from './deps.ts'
import { withAlternatives } from './alternatives.ts'
import { firstBlocker } from './blockers.ts'
import { withNamedCaps } from './caps.ts'
import { alsoOf, evaluate, moneyBlocker } from './evaluate.ts'
import { scopeFor } from './facade.ts'
import { useOf, type Flow } from './flow.ts'
import { planHold, type HoldPlan } from './hold-plan.ts'
import { checkKeyState, identify } from './identify.ts'
import { tokenBound } from './limits/demands.ts'
import type { Limited } from './limits/limited.ts'
import { withinLimits } from './limits/within-limits.ts'
import type { Locator, Route } from './locate.ts'
import { once } from './media/once.ts'
import { checkUse } from './permission.ts'
import { planned, type Flaw } from './plans/entitled.ts'
import { routeByRule, routeOf } from './price-terms.ts'
import { passOn, refuse } from './refuse.ts'
import { notTaken } from './request-invalid.ts'
import { reserve, type Reservation } from './reserve.ts'
import { reserveInArrears } from './reserve-in-arrears.ts'
import { servable } from './servable.ts'
import { release } from './settle.ts'
import { tagsOf } from './tags.ts'
import type { Unsettled } from './unsettled.ts'

/** What lives as long as the gateway and is shared by its requests. */
export interface Shared {
  deps: GatewayDeps
  locator: Locator
  resilience: Resilience
  unsettled: Unsettled
  /** WebSockets that pass through. */
  tunnels: Tunnels
}

/** A call of a model, whatever the caller speaks, from the credential to the record. `path`: as the gateway's own routes have it. */
export async function serveModelCall(shared: Shared, flow: Flow, dialect: EndpointDialect, path = flow.inbound.path): Promise<void> {
  const { deps } = shared
  const admitted = await admit(shared, flow, dialect, path)
  if (isDenial(admitted)) return refuse(deps, flow, admitted)
  return withinLimits(deps, flow, limitedCall(deps, flow, admitted), () => servePaid(shared, flow, { ...admitted, dialect, path }))
}

/** A call of a model as limits see it. */
export function limitedCall(deps: GatewayDeps, flow: Flow, { key, route, request }: Admitted): Limited {
  return {
    key,
    user: request.user,
    tokens: () => tokenBound(deps.settings, route, request),
    moneyBlocker: () => moneyBlocker(deps, key, route, request, flow.plan),
  }
}

async function servePaid(shared: Shared, flow: Flow, spoken: Admitted & { dialect: EndpointDialect; path: string }): Promise<void> {
  const { deps } = shared
  const { key, route, request, dialect } = spoken
  const reservation = await reserveInArrears(deps, flow, key, {
    look: () => evaluate(deps, key, route, request, flow.plan),
    reserve: () => reserve(deps, flow, key, route, request),
  })
  if (isDenial(reservation)) return refuse(deps, flow, await withAlternatives(shared, flow, { ...spoken, plan: flow.plan }, reservation))
  flow.reservation = reservation
  flow.route = reservation.route
  const delivery = deliveryOf(shared, flow, request, reservation)
  if (flow.outbound.closed) return nobodyThere(delivery)
  await deliver(
    delivery,
    await call(deps, shared.resilience, flow, dialect, callingOf(deps, flow, reservation.route, request, reservation)),
  )
}

/** What deployments are called for. `reservation`: where the call costs something. */
export function callingOf(
  deps: GatewayDeps,
  flow: Flow,
  route: Route,
  request: ModelRequest,
  reservation: Reservation | undefined,
): Calling {
  const { headers, query } = flow.inbound
  let media: ReturnType<typeof once> | undefined
  return {
    route,
    request,
    reservation,
    headers,
    query,
    decoded: () => (flow.decoded ??= request.decode()),
    fetchMedia: (url) => (media ??= once(deps.fetchMedia, flow.outbound))(url),
    drop: (headers['faregate-unsupported'] ?? route.model.unsupported) === 'drop',
  }
}

/** What every way of delivering an answer works with. */
export function deliveryOf({ deps, unsettled, resilience }: Shared, flow: Flow, request: ModelRequest, reservation: Reservation): Delivery {
  return {
    deps,
    unsettled,
    flow,
    request,
    reservation,
    rest: (candidate, denial) => parkDeployment(deps, resilience.parking, candidate, denial),
  }
}

/** The caller may make this request, money aside. */
export interface Admitted {
  key: KeyEntry
  route: Route
  request: ModelRequest
}

/** What a caller may call who could be billed for it. `path`: where the body would be sent. */
export async function admit(shared: Shared, flow: Flow, dialect: EndpointDialect, path = flow.inbound.path): Promise<Admitted | Denial> {
  const entitled = await entitle(shared, flow, dialect, path)
  if (isDenial(entitled)) return entitled
  flow.step = 'endpoint'
  const route = servable(entitled.route, dialect)
  if (isDenial(route)) return route
  flow.route = route
  return { ...entitled, route }
}

/** Identify, locate, authorize: in the order in which refusals take precedence. */
export async function entitle(shared: Shared, flow: Flow, dialect: EndpointDialect, path = flow.inbound.path): Promise<Admitted | Denial> {
  const found = await known(shared, flow)
  if (isDenial(found)) return found
  const forged = flow.signedBody?.judge(flow.inbound.body)
  if (forged !== undefined) return forged
  flow.step = 'configuration'
  const elsewhere = flow.facade.locate(shared.deps, flow, path)
  if (elsewhere !== undefined) return elsewhere
  flow.step = 'request'
  const { query, headers, body } = flow.inbound
  const read = dialect.read({ path, query, headers, body })
  if (!read.ok) return notTaken(read)
  const { request } = read
  flow.request = request
  flow.step = 'configuration'
  const key = await withNamedCaps(shared.deps, found, request.user, tagsOf(flow.inbound))
  if (isDenial(key)) return key
  const located = flow.facade.find(shared.locator, request.model, (name) => allowsModel(key, name))
  if (isDenial(located)) return located
  const route = routeOf(key.organization, located)
  flow.route = route
  const product = flow.facade.product(request, path, route.model.name)
  const use = useOf(flow, { scope: scopeFor(product, dialect), address: flow.inbound.ip, product, standing: true })
  const refused = await firstBlocker(shared.deps, key, use, route, request)
  if (refused !== undefined) return refused
  const flaw: Flaw = (rule) => refusalIn(planHold(shared.deps.settings, key, routeByRule(route, rule, 'plan'), request))
  const plan = await planned(shared.deps, flow, key, product, flaw)
  if (isDenial(plan)) {
    const money = await moneyBlocker(shared.deps, key, route, request)
    // Whether there is a price under a plan has been said: that there is none without it says nothing.
    const also = alsoOf(plan.also ?? [], money?.code === 'price_missing' ? undefined : money)
    return withAlternatives(shared, flow, { key, route, request, dialect, path, plan: undefined }, { ...plan, ...also })
  }
  if (plan !== undefined) flow.plan = plan
  return { key, route, request }
}

function refusalIn(plan: HoldPlan | Denial): Denial | undefined {
  return isDenial(plan) ? plan : undefined
}

/** The key behind the request, if it may be used now. */
export async function known({ deps }: Shared, flow: Flow): Promise<KeyEntry | Denial> {
  if (flow.ways !== undefined && flow.key === undefined) return identifyCaller(flow, flow.ways)
  flow.step = 'credential'
  // Only clients of models put a key into the query; that of an API goes on as it is.
  const fromQuery = flow.api === undefined || (flow.dialect !== undefined && flow.facade.queryKeys)
  const key = await identify(deps, fromQuery ? flow.inbound : { ...flow.inbound, query: '' })
  if (isDenial(key)) return key
  flow.key = key
  return checkKeyState(key, flow.at) ?? key
}

/** The same, where no model is called and the key may be used for this from there. */
export async function permitted(shared: Shared, flow: Flow, scope: KeyScope): Promise<KeyEntry | Denial> {
  const key = await known(shared, flow)
  return isDenial(key) ? key : (checkUse(key, useOf(flow, { scope, address: flow.inbound.ip })) ?? key)
}

async function deliver(delivery: Delivery, called: Called): Promise<void> {
  switch (called.kind) {
    case 'answer':
      return deliverAnswer(delivery, called)
    case 'large':
      return deliverLarge(delivery, called)
    case 'stream':
      return deliverStream(delivery, called)
    case 'gone':
      return nobodyThere(delivery)
    case 'failed': {
      await release(delivery)
      const { denial, rejected } = called.failure
      if (rejected === undefined) return refuse(delivery.deps, delivery.flow, denial)
      return passOn(delivery.deps, delivery.flow, denial, rejected)
    }
  }
}
