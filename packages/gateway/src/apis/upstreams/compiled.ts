import type { ApiHeaders, ApiRewrite, ApiTimeouts, HttpApi, OpenUpstream } from '@faregate/core'
import type { Caller } from '../../callers/caller.ts'
import type { ResponseCache } from '../cache/cache.ts'
import type { ConnectionTerms } from '../../edge.ts'
import type { UpstreamPool } from './pool.ts'
import type { TokenSource } from './token.ts'

/** How the calls of an API reach what is behind it: read once for each definition, not with each call. */
export interface ApiUpstream {
  pool: UpstreamPool
  /** How often a call that can safely be made again is. */
  retries: number
  /** Secrets that are the same with every call, as headers. */
  secrets: readonly HeaderPair[]
  /** Where the header `Authorization` comes from, if it changes. */
  token: TokenSource | undefined
  request: HeaderChanges | undefined
  response: HeaderChanges | undefined
  rewrite: PathChange | undefined
  /** A parameter of the query that carries the caller's credential, and goes no further. */
  hiddenParameter: string | undefined
  /** The name behind which a protocol of a WebSocket carries the caller's key, and goes no further. */
  hiddenProtocol: string | undefined
  /** Headers that say who calls; undefined: nothing is told. */
  tell: ((caller: Caller) => HeaderPair[]) | undefined
  /** Whether the upstream is told the host under which callers find the gateway. */
  callerHost: boolean
  timeouts: ApiTimeouts | undefined
  /** What is kept of its answers; undefined: nothing. */
  cache?: ResponseCache | undefined
  /** How connections to it are made; undefined: like all others. */
  connection: ConnectionTerms | undefined
  /** Whether an organization set its addresses, and it reaches only what that may. */
  guarded: boolean
}

export type HeaderPair = readonly [name: string, value: string]

export interface HeaderChanges {
  set: readonly HeaderPair[]
  remove: ReadonlySet<string>
}

/** The beginning of a path, segment by segment, and what takes its place. */
export interface PathChange {
  from: readonly string[]
  to: string
}

/** How connections to what is behind an API are made; undefined: like all others. */
export function connectionTerms({ upstream: { ca, mutualTls }, http2 }: Pick<HttpApi, 'upstream' | 'http2'>): ConnectionTerms | undefined {
  if (ca === undefined && mutualTls === undefined && http2 !== true) return undefined
  return { ca, identity: mutualTls && { certificate: mutualTls.certificate, key: mutualTls.secret }, http2 }
}

/** The secrets of an upstream that no server has to be asked for. */
export function secretsOf({ header, basic }: OpenUpstream): HeaderPair[] {
  const pairs: HeaderPair[] = []
  if (header !== undefined) pairs.push([header.name.toLowerCase(), header.secret])
  if (basic !== undefined) pairs.push(['authorization', `Basic ${Buffer.from(`${basic.user}:${basic.secret}`).toString('base64')}`])
  return pairs
}

/** What every call takes along, whoever makes it. `token`: the value of `Authorization`, where a server gave it. */
export function fixedHeaders({ request, secrets }: ApiUpstream, token: string | undefined): Record<string, string> {
  return { ...Object.fromEntries([...(request?.set ?? []), ...secrets]), ...(token === undefined ? {} : { authorization: token }) }
}

/** Names of headers that the gateway sets on every call: nobody needs to send them. */
export function suppliedHeaders({ request, secrets }: ApiUpstream): ReadonlySet<string> {
  return new Set([...(request?.set ?? []), ...secrets].map(([name]) => name))
}

/** `withheld`: names that are never passed on as they came, small letters. */
export function headerChanges(headers: ApiHeaders | undefined, withheld: readonly string[] = []): HeaderChanges | undefined {
  if (headers === undefined && withheld.length === 0) return undefined
  const { set = {}, remove = [] } = headers ?? {}
  return {
    set: Object.entries(set).map(([name, value]) => [name.toLowerCase(), value] as const),
    remove: new Set([...remove.map((name) => name.toLowerCase()), ...withheld]),
  }
}

export function pathChange(rewrite: ApiRewrite | undefined): PathChange | undefined {
  if (rewrite === undefined) return undefined
  const { from, to } = rewrite
  return { from: from === '/' ? [] : from.slice(1).split('/'), to: to === '/' ? '' : to }
}

/** The path that the upstream is called with, below its base URL. Segments are compared as they are read, and sent as they came. */
export function rewritten(rest: string, { from, to }: PathChange): string {
  let end = 0
  for (const segment of from) {
    if (rest[end] !== '/') return rest
    const next = rest.indexOf('/', end + 1)
    const stop = next === -1 ? rest.length : next
    if (decodeURIComponent(rest.slice(end + 1, stop)) !== segment) return rest
    end = stop
  }
  return to + rest.slice(end)
}
