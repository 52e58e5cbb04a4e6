import type { ProviderEntry } from '@faregate/core'
import { upstreamBody, type ChatRequest } from '@faregate/wire'
import type { GatewayDeps } from '../deps.ts'
import type { UpstreamCall, UpstreamSink } from '../edge.ts'
import type { Route } from '../locate.ts'
import type { Reservation } from '../reserve.ts'
import { playInProcess } from '../upstream/in-process.ts'
import type { Choice } from './order.ts'

/** The output limit that is written into the body, and where; undefined where the caller's own stands (M12). */
export function announcedLimit(route: Route, reservation: Reservation, { candidate }: Choice): { member: string; value: number } | undefined {
  if (!reservation.plan.limitIsOurs) return undefined
  if (route.maxOutput !== undefined && reservation.limit >= route.maxOutput) return undefined
  return { member: route.model.outputLimitMember ?? candidate.vendor.outputLimitMember, value: reservation.limit }
}

/** Sends a request to one deployment: only the members that must change are changed in its body. */
export function send(deps: GatewayDeps, request: ChatRequest, choice: Choice, limit: { member: string; value: number } | undefined, sink: UpstreamSink): UpstreamCall {
  const { candidate, key } = choice
  const body = upstreamBody(request, {
    model: candidate.deployment.model,
    injectUsage: request.stream && !request.includeUsage,
    ...(limit === undefined ? {} : { outputLimit: limit }),
  })
  const { vendor, provider } = candidate
  const { answer } = vendor
  if (answer !== undefined) return playInProcess((signal) => answer(body, { signal }), sink)
  const { path, headers } = vendor.chatRequest(provider, key?.secret)
  const base = baseOf(provider)
  return deps.upstream.send({ origin: base.origin, path: base.path + path, headers: { ...FIXED_HEADERS, ...headers }, body }, sink)
}

const FIXED_HEADERS = { 'content-type': 'application/json', 'accept-encoding': 'identity', 'user-agent': 'faregate' }

const bases = new WeakMap<ProviderEntry, { origin: string; path: string }>()

function baseOf(provider: ProviderEntry): { origin: string; path: string } {
  let base = bases.get(provider)
  if (base === undefined) {
    const url = new URL(provider.baseUrl)
    base = { origin: url.origin, path: url.pathname.replace(/\/$/, '') }
    bases.set(provider, base)
  }
  return base
}
