import type { ProviderEntry } from '@faregate/core'
import { upstreamBody, type ChatRequest, type Vendor } from '@faregate/wire'
import type { GatewayDeps } from '../deps.ts'
import type { UpstreamCall, UpstreamSink } from '../edge.ts'
import type { Route } from '../locate.ts'
import type { Reservation } from '../reserve.ts'
import { playInProcess } from '../upstream/in-process.ts'
import type { Choice } from './order.ts'

/** An output limit that is written into the body, under the name that the model takes. */
export interface WrittenLimit {
  member: 'max_tokens' | 'max_completion_tokens'
  value: number
  /** It is ours, and the caller is told (M12). The caller's own is only repeated under another name. */
  announced: boolean
}

/** The limit to write into the body for one deployment; undefined where the body says it, or the model by itself. */
export function limitToWrite(
  route: Route,
  request: ChatRequest,
  reservation: Reservation,
  { candidate }: Choice,
): WrittenLimit | undefined {
  const member = route.model.outputLimitMember ?? candidate.vendor.outputLimitMember
  const value = reservation.limit
  if (reservation.plan.limitIsOurs) {
    const byItself = candidate.maxOutput !== undefined && value >= candidate.maxOutput
    return byItself ? undefined : { member, value, announced: true }
  }
  // A server that knows only the old name would not stop at the caller's limit; OpenAI itself refuses both at once.
  const unheard = member === 'max_tokens' && !request.scan.members.has('max_tokens')
  return unheard ? { member, value, announced: false } : undefined
}

/** Sends a request to one deployment: only the members that must change are changed in its body. */
export function send(
  deps: GatewayDeps,
  request: ChatRequest,
  choice: Choice,
  limit: WrittenLimit | undefined,
  sink: UpstreamSink,
): UpstreamCall {
  const { candidate, key } = choice
  const body = upstreamBody(request, {
    model: candidate.deployment.model,
    injectUsage: request.stream && !request.includeUsage,
    ...(limit === undefined ? {} : { outputLimit: limit }),
  })
  const { vendor, provider } = candidate
  if (vendor.answer !== undefined) return inProcess(vendor.answer.bind(vendor), body, sink)
  const { path, headers } = vendor.chatRequest(provider, key?.secret)
  const base = baseOf(provider)
  return deps.upstream.send({ origin: base.origin, path: base.path + path, headers: { ...FIXED_HEADERS, ...headers }, body }, sink)
}

function inProcess(answer: NonNullable<Vendor['answer']>, body: Buffer, sink: UpstreamSink): UpstreamCall {
  return playInProcess((signal) => answer(body, { signal }), sink)
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
