import type { GatewayDeps } from './deps.ts'
import type { Flow } from './flow.ts'
import type { Candidate } from './locate.ts'

/** What of an upstream's head may reach the caller; everything else could name the operator's account. */
const ALLOWED = ['content-type', 'openai-version', 'openai-processing-ms', 'openai-model']

const EXPOSED =
  'x-request-id, faregate-model, faregate-provider, faregate-cost, faregate-clamped, faregate-dropped, faregate-notice, faregate-denial, ratelimit, ratelimit-policy, deprecation, sunset, link, retry-after, x-should-retry'

/** On every answer: the request's id, and CORS where an origin asks for it. */
export function sharedHeaders(deps: GatewayDeps, flow: Flow): Record<string, string> {
  const headers: Record<string, string> = { 'x-request-id': flow.id }
  const { origin } = flow.inbound.headers
  if (typeof origin === 'string') Object.assign(headers, corsHeaders(deps.settings.corsOrigins, origin))
  return headers
}

/** The CORS headers of an answer to `origin`; none where the origin is not allowed. */
export function corsHeaders(allowed: string[], origin: string): Record<string, string> {
  if (allowed.includes('*')) return { 'access-control-allow-origin': '*', 'access-control-expose-headers': EXPOSED }
  if (!allowed.includes(origin)) return { vary: 'origin' }
  return { 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED, vary: 'origin' }
}

/** The head of an answer that a deployment serves. */
export function servedHeaders(
  deps: GatewayDeps,
  flow: Flow,
  candidate: Candidate,
  upstream: Record<string, string | string[] | undefined>,
  clamped: { member: string; value: number } | undefined,
): Record<string, string> {
  const headers = sharedHeaders(deps, flow)
  for (const name of ALLOWED) {
    const value = upstream[name]
    if (typeof value === 'string') headers[name] = value
  }
  headers['faregate-model'] = headerSafe(flow.route?.model.name ?? '')
  headers['faregate-provider'] = headerSafe(candidate.provider.name)
  if (clamped !== undefined) headers['faregate-clamped'] = `${clamped.member}=${clamped.value}`
  return headers
}

/** Names come from callers and configurations: what a header cannot carry is percent-encoded. */
function headerSafe(text: string): string {
  return /^[\x21-\x7e]*$/.test(text) ? text : encodeURIComponent(text)
}
