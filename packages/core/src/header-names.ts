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

/** Where a caller's key can be. Cookies are those of the gateway's own pages. */
const CREDENTIALS = ['authorization', 'x-api-key', 'api-key', 'x-goog-api-key', 'cookie']

/** What a caller would tell of its way here, and nobody could know to be true. */
const OF_THE_WAY = [
  'cf-connecting-ip',
  'client-cert',
  'client-cert-chain',
  'forwarded',
  'true-client-ip',
  'x-client-ip',
  'x-forwarded-client-cert',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-prefix',
  'x-forwarded-proto',
  'x-real-ip',
]

/** What some services read in place of the method and the path: it would be another route than the one that is charged. */
const IN_PLACE_OF_THE_ROUTE = ['x-http-method', 'x-http-method-override', 'x-method-override', 'x-original-url', 'x-rewrite-url']

/** Headers that say how a message is framed, or where it goes. */
const OF_THE_MESSAGE = ['content-length', 'expect', 'host']

/** What of a caller's head goes on to no upstream. */
export const KEPT_FROM_UPSTREAM: ReadonlySet<string> = new Set([
  ...OF_THE_CONNECTION,
  ...CREDENTIALS,
  ...OF_THE_WAY,
  ...IN_PLACE_OF_THE_ROUTE,
  ...OF_THE_MESSAGE,
])

/** What of an upstream's head reaches no caller: what it would set for the whole of this host, or what the gateway says itself. */
export const KEPT_FROM_CALLER: ReadonlySet<string> = new Set([
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

/** Names that are the gateway's to use, in both directions. */
export const OWN_HEADERS = /^(faregate-|access-control-|ratelimit)/

/** What would be a secret in clear text, or say of a body what it is not. */
const FIXED = {
  request: new Set([...OF_THE_CONNECTION, ...CREDENTIALS, ...OF_THE_MESSAGE, 'x-request-id', 'content-encoding']),
  response: new Set([...KEPT_FROM_CALLER, 'content-length', 'content-encoding', 'content-range']),
}

/** Whether a definition may set or remove this header of what goes to the upstream, or of what comes back. */
export function isSettableHeader(direction: 'request' | 'response', name: string): boolean {
  const lower = name.toLowerCase()
  return isHeaderName(name) && !FIXED[direction].has(lower) && !OWN_HEADERS.test(lower)
}

/** Whether a secret can be sent to an upstream in this header. */
export function carriesSecret(name: string): boolean {
  const lower = name.toLowerCase()
  return isHeaderName(name) && !OF_THE_CONNECTION.includes(lower) && !OF_THE_MESSAGE.includes(lower)
}

function isHeaderName(name: string): boolean {
  return /^[a-z0-9-]+$/i.test(name)
}
