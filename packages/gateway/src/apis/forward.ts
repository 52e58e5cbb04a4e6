import type { HttpApi } from '@faregate/core'
import type { Inbound } from '../edge.ts'

type Headers = Record<string, string | string[] | undefined>

/** Headers of one connection (RFC 9110, 7.6.1): they end with it. */
const OF_THE_CONNECTION = [
  'connection',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

/** Where the caller's key can be: none of these goes on, wherever the key was. Cookies are those of the gateway's own pages. */
const CREDENTIALS = ['authorization', 'x-api-key', 'api-key', 'x-goog-api-key', 'cookie']

/** What the caller would tell of its way here, and nobody could know to be true. */
const OF_THE_WAY = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-port', 'x-forwarded-proto', 'x-real-ip']

const KEPT_FROM_UPSTREAM = new Set([...OF_THE_CONNECTION, ...CREDENTIALS, ...OF_THE_WAY, 'content-length', 'expect', 'host'])

/** What an upstream would set for the whole of this host, or what the gateway says itself. */
const KEPT_FROM_CALLER = new Set([
  ...OF_THE_CONNECTION,
  'alt-svc',
  'clear-site-data',
  'nel',
  'public-key-pins',
  'report-to',
  'service-worker-allowed',
  'set-cookie',
  'strict-transport-security',
  'x-request-id',
  'x-should-retry',
])

const OWN = /^(faregate-|access-control-|ratelimit)/

/** The head of the call to the upstream: what the caller sent, without its credentials, with the API's own secret. */
export function upstreamHeaders({ id, headers }: Inbound, { upstream }: HttpApi): Record<string, string> {
  const sent: Record<string, string> = {}
  const named = namedBy(headers)
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || KEPT_FROM_UPSTREAM.has(name) || named.has(name) || OWN.test(name)) continue
    sent[name] = Array.isArray(value) ? value.join(', ') : value
  }
  sent['x-request-id'] = id
  const { 'content-length': length, 'transfer-encoding': coding } = headers
  if (typeof length === 'string' && coding === undefined && Number(length) > 0) sent['content-length'] = length
  if (upstream.header !== undefined) sent[upstream.header.name.toLowerCase()] = upstream.header.secret
  return sent
}

/** Whether the head of a request says that a body follows. */
export function hasBody({ headers }: Inbound): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/** What of the upstream's head the caller gets. */
export function callerHeaders(headers: Headers): Record<string, string> {
  const sent: Record<string, string> = {}
  const named = namedBy(headers)
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || KEPT_FROM_CALLER.has(name) || named.has(name) || OWN.test(name)) continue
    sent[name] = sendable(Array.isArray(value) ? value.join(', ') : value)
  }
  return sent
}

/** Headers that `Connection` declares to be of the connection. */
function namedBy({ connection }: Headers): ReadonlySet<string> {
  if (connection === undefined) return NONE
  const text = Array.isArray(connection) ? connection.join(',') : connection
  return new Set(text.split(',').map((name) => name.trim().toLowerCase()))
}

const NONE: ReadonlySet<string> = new Set()

/** The client reads heads as UTF-8, and the server writes them byte by byte: so the bytes are those that came. */
function sendable(value: string): string {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(value) ? value : Buffer.from(value, 'utf8').toString('latin1')
}

/** The base of the upstream without its path, and the path that is called there: nothing of the caller's is encoded anew. */
export function addressOf(api: HttpApi, rest: string, query: string): { origin: string; path: string } {
  let base = bases.get(api)
  if (base === undefined) {
    const { origin, pathname } = new URL(api.upstream.baseUrl)
    base = { origin, pathname: pathname === '/' ? '' : pathname }
    bases.set(api, base)
  }
  const path = base.pathname + rest
  return { origin: base.origin, path: (path === '' ? '/' : path) + (query === '' ? '' : `?${query}`) }
}

/** Read once for each entry, which lives until the API is changed. */
const bases = new WeakMap<HttpApi, { origin: string; pathname: string }>()
