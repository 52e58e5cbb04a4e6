import { NOTICE_HEADER, type NoticeCode } from '@faregate/core'
import type { Standing } from '@faregate/limits'
import type { Unsupported } from '@faregate/wire'
import type { GatewayDeps } from './deps.ts'
import type { Flow } from './flow.ts'
import type { Called } from './call/call.ts'
import { limitHeaders, tightestOf } from './limits/headers.ts'

/** What of an upstream's head may reach the caller; everything else could name the operator's account. */
const ALLOWED = ['content-type', 'openai-version', 'openai-processing-ms', 'openai-model']

const MOST_DROPPED = 20

const EXPOSED =
  'x-request-id, faregate-model, faregate-provider, faregate-cost, faregate-clamped, faregate-dropped, faregate-notice, faregate-denial, ratelimit, ratelimit-policy, deprecation, sunset, link, retry-after, x-should-retry'

/** On every answer: the request's id, how it stands with its limits, and CORS where an origin asks for it. */
export function sharedHeaders(deps: GatewayDeps, flow: Flow): Record<string, string> {
  const headers: Record<string, string> = { 'x-request-id': flow.id }
  const own = flow.dialect?.requestIdHeader
  if (own !== undefined) headers[own] = flow.id
  if (flow.admission !== undefined) Object.assign(headers, limitsTold(deps, flow, flow.admission.standings))
  const { origin } = flow.inbound.headers
  if (typeof origin === 'string') Object.assign(headers, corsHeaders(deps.settings.corsOrigins, origin))
  return headers
}

/** As HTTP has it, and as the caller's own vendor does (E4). */
function limitsTold({ clock }: GatewayDeps, { dialect }: Flow, standings: Standing[]): Record<string, string> {
  const headers = limitHeaders(standings)
  if (standings.length === 0 || dialect?.limitHeaders === undefined) return headers
  return { ...headers, ...dialect.limitHeaders(tightestOf(standings), clock.now()) }
}

/** The CORS headers of an answer to `origin`; none where the origin is not allowed. */
export function corsHeaders(allowed: string[], origin: string): Record<string, string> {
  if (allowed.includes('*')) return { 'access-control-allow-origin': '*', 'access-control-expose-headers': EXPOSED }
  if (!allowed.includes(origin)) return { vary: 'origin' }
  return { 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED, vary: 'origin' }
}

type Served = Exclude<Called, { kind: 'failed' | 'gone' }>

/** The head of an answer that a deployment serves. */
export function servedHeaders(
  deps: GatewayDeps,
  flow: Flow,
  { candidate, opening, line, clamped, dropped }: Served,
): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const name of ALLOWED) {
    const value = opening.headers[name]
    if (typeof value === 'string') headers[name] = value
  }
  headers['faregate-model'] = headerSafe(flow.route?.model.name ?? '')
  headers['faregate-provider'] = headerSafe(candidate.provider.name)
  if (line.translation !== undefined) headers['content-type'] = opening.kind === 'stream' ? line.caller.streamType : 'application/json'
  if (dropped.length > 0) headers['faregate-dropped'] = droppedList(dropped)
  if (clamped !== undefined) headers['faregate-clamped'] = `${clamped.member}=${clamped.value}`
  const { facade } = flow
  return Object.assign(sharedHeaders(deps, flow), facade.shown(headers), withNotices(flow, facade.deprecation(deps, flow)))
}

/** What is told beside an answer: that what was called goes, and that it is served for as long as the days of grace last. */
export function withNotices({ reservation }: Flow, deprecation: Record<string, string>): Record<string, string> {
  const graceUntil = reservation?.offer?.graceUntil
  if (graceUntil === undefined) return deprecation
  const code: NoticeCode = 'subscription_past_due'
  const notices = [`${code};until="${new Date(graceUntil).toISOString()}"`, deprecation[NOTICE_HEADER]]
  return { ...deprecation, [NOTICE_HEADER]: notices.filter((notice) => notice !== undefined).join(', ') }
}

/** Our headers, with what the upstream's answer varies by beside what ours does. */
export function mergeVary(vary: string | undefined, headers: Record<string, string>): Record<string, string> {
  return vary === undefined || headers['vary'] === undefined ? headers : { ...headers, vary: `${vary}, ${headers['vary']}` }
}

/** JSON pointers of what was left out; what would make the head too long is counted. */
function droppedList(dropped: Unsupported[]): string {
  const pointers = [...new Set(dropped.map(({ at }) => headerSafe(at)))]
  const shown = pointers.slice(0, MOST_DROPPED)
  return [...shown, ...(pointers.length > shown.length ? [`and-${pointers.length - shown.length}-more`] : [])].join(', ')
}

/** Names come from callers and configurations: what a header cannot carry is percent-encoded. */
function headerSafe(text: string): string {
  return /^[\x21-\x7e]*$/.test(text) ? text : encodeURIComponent(text)
}
