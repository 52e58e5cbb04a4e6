import { KEPT_FROM_CALLER, KEPT_FROM_UPSTREAM, OWN_HEADERS } from '@faregate/core'
import type { Inbound } from '../edge.ts'
import type { ApiUpstream, HeaderChanges, HeaderPair } from './upstreams/compiled.ts'
import { withoutKey } from './web-socket/protocols.ts'

type Headers = Record<string, string | string[] | undefined>

/** What is added to the head of a call; each is absent where it is not wanted. */
interface Added {
  /** The value of `Authorization`, where a server gave it. */
  token?: string | undefined
  /** Who calls. */
  told?: readonly HeaderPair[] | undefined
  /** What the answer is to depend on, in the place of what the caller says of that. */
  conditions?: readonly HeaderPair[] | undefined
  /** What the upstream is told in place of its own host. */
  host?: string | undefined
}

/**
 * The head of the call to the upstream: what the caller sent, without its credentials, as the definition changes it, with
 * the API's own secrets.
 */
export function upstreamHeaders({ id, headers }: Inbound, upstream: ApiUpstream, added: Added): Record<string, string> {
  const sent: Record<string, string> = {}
  const named = namedBy(headers)
  const { request, secrets, hiddenProtocol } = upstream
  const { token, told, conditions, host } = added
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || KEPT_FROM_UPSTREAM.has(name) || named.has(name) || OWN_HEADERS.test(name)) continue
    if (request?.remove.has(name) !== true) sent[name] = Array.isArray(value) ? value.join(', ') : value
  }
  if (hiddenProtocol !== undefined) hideProtocol(sent, hiddenProtocol)
  sent['x-request-id'] = id
  const { 'content-length': length, 'transfer-encoding': coding } = headers
  if (typeof length === 'string' && coding === undefined && Number(length) > 0) sent['content-length'] = length
  if (request !== undefined) for (const [name, value] of request.set) sent[name] = value
  if (told !== undefined) for (const [name, value] of told) sent[name] = value
  if (conditions !== undefined) {
    for (const name of CONDITIONAL) delete sent[name]
    for (const [name, value] of conditions) sent[name] = value
  }
  if (host !== undefined) sent['host'] = host
  for (const [name, value] of secrets) sent[name] = value
  if (token !== undefined) sent['authorization'] = token
  return sent
}

const CONDITIONAL = ['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since', 'if-range']

/** The head of a call as far as answers may depend on it: without the secrets of the API, which are the same for every caller. */
export function selectingHeaders(inbound: Inbound, upstream: ApiUpstream): Record<string, string> {
  const { 'x-request-id': _id, ...headers } = upstreamHeaders(inbound, { ...upstream, secrets: [] }, {})
  return headers
}

const PROTOCOL = 'sec-websocket-protocol'

function hideProtocol(sent: Record<string, string>, hidden: string): void {
  const { [PROTOCOL]: offered } = sent
  if (offered === undefined) return
  const left = withoutKey(offered, hidden)
  if (left === undefined) delete sent[PROTOCOL]
  else sent[PROTOCOL] = left
}

/** Whether the head of a request says that a body follows. */
export function hasBody({ headers }: Inbound): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/** How long the body of an answer is; undefined: its head does not say. */
export function bodyLength(method: string, status: number, { 'content-length': length }: Headers): number | undefined {
  if (method === 'HEAD' || status === 204 || status === 304) return 0
  return typeof length === 'string' ? Number(length) : undefined
}

/** What of the upstream's head the caller gets, as the definition changes it. */
export function callerHeaders(headers: Headers, changes: HeaderChanges | undefined): Record<string, string> {
  const sent: Record<string, string> = {}
  const named = namedBy(headers)
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || KEPT_FROM_CALLER.has(name) || named.has(name) || OWN_HEADERS.test(name)) continue
    if (changes?.remove.has(name) !== true) sent[name] = sendable(Array.isArray(value) ? value.join(', ') : value)
  }
  if (changes !== undefined) for (const [name, value] of changes.set) sent[name] = value
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
