import type { ApiAuthentication, ApiIdentity } from './api-callers.ts'

/** One of several places where the service of an API is. */
export interface ApiUpstream {
  baseUrl: string
  /** Its share of the calls, beside those of the others; absent: 1. */
  weight?: number | undefined
}

/** When an upstream is put aside, and when it comes back. */
export interface ApiHealth {
  /** So many failures in a row put it aside; absent: {@link DEFAULT_HEALTH}, and never the only one, or all of them. */
  failures?: number | undefined
  /** For so long; then one call tries it. */
  asideMs?: number | undefined
  /** Asked by the gateway itself, without any call; absent: nothing is. */
  check?: ApiCheck | undefined
}

export interface ApiCheck {
  /** Below the base URL of each upstream. */
  path: string
  intervalMs?: number | undefined
  timeoutMs?: number | undefined
  /** So many good answers in a row bring an upstream back. */
  healthy?: number | undefined
  /** So many bad ones in a row put it aside. */
  unhealthy?: number | undefined
}

export const DEFAULT_HEALTH = { failures: 3, asideMs: 10_000 } as const

/** Oftener, checks would be a load of their own on the service. */
export const MIN_CHECK_INTERVAL_MS = 1_000

export const DEFAULT_CHECK = { intervalMs: 10_000, timeoutMs: 2_000, healthy: 2, unhealthy: 3 } as const

/** Where an API may be called from: addresses and networks. What is denied is so whatever is allowed. */
export interface ApiAddresses {
  allow?: string[] | undefined
  deny?: string[] | undefined
}

/** The beginning of a path below the prefix, and what takes its place: whole segments. */
export interface ApiRewrite {
  from: string
  to: string
}

/** What becomes of headers in one direction, beside what the gateway does itself. */
export interface ApiHeaders {
  set?: Record<string, string> | undefined
  remove?: string[] | undefined
}

/** How an API is authenticated at its upstream with a client's credentials (RFC 6749, 4.4). */
export interface OAuthClient {
  tokenUrl: string
  clientId: string
  scopes?: string[] | undefined
}

/** Answers are kept by the rules of HTTP (RFC 9111), and used again for whoever asks the same. */
export interface ApiCache {
  /** What a call costs that is answered so, as a part of its price; absent: all of it. */
  priceFactor?: string | undefined
}

/** Who calls an API, and how its calls reach what is behind it. */
export interface ApiProxying {
  /** Absent: keys of the gateway, in the headers in which they always can be. */
  authentication?: ApiAuthentication | undefined
  identity?: ApiIdentity | undefined
  /** Absent: the base URL of `upstream` alone. */
  upstreams?: ApiUpstream[] | undefined
  /** Absent: of several, all but the last are put aside as {@link DEFAULT_HEALTH} says, and a single one never. */
  health?: ApiHealth | undefined
  /** How often a call that can safely be made again is; absent: once where there are several upstreams. */
  retries?: number | undefined
  addresses?: ApiAddresses | undefined
  rewrite?: ApiRewrite | undefined
  requestHeaders?: ApiHeaders | undefined
  responseHeaders?: ApiHeaders | undefined
  /** Whose name the upstream is told as its host: its own, or that under which callers find the gateway; absent: its own. */
  hostHeader?: 'upstream' | 'caller' | undefined
  /** Absent: no answer is kept. */
  cache?: ApiCache | undefined
  /** Whether upstreams that offer it are called with HTTP/2; absent: they are not. */
  http2?: boolean | undefined
}

/** Names of the members of {@link ApiProxying}, in the order in which they are shown. */
export const PROXYING_MEMBERS = [
  'authentication',
  'identity',
  'upstreams',
  'health',
  'retries',
  'addresses',
  'rewrite',
  'requestHeaders',
  'responseHeaders',
  'hostHeader',
  'cache',
  'http2',
] as const satisfies readonly (keyof ApiProxying)[]

type OfServices = Exclude<(typeof PROXYING_MEMBERS)[number], 'authentication'>

const ofServices = (member: (typeof PROXYING_MEMBERS)[number]): member is OfServices => member !== 'authentication'

/** Members of a definition that a service has, and nothing else. */
export const SERVICE_MEMBERS = ['upstream', 'routes', 'timeouts', ...PROXYING_MEMBERS.filter(ofServices), 'encodedSlashes'] as const

/** A base URL as it is kept: paths are appended to it. */
export function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '')
}

/** Every upstream of an API: those that it lists, else its only one. */
export function upstreamsOf({
  upstream,
  upstreams,
}: {
  upstream: { baseUrl: string }
  upstreams?: ApiUpstream[] | undefined
}): ApiUpstream[] {
  return upstreams ?? [{ baseUrl: upstream.baseUrl }]
}
