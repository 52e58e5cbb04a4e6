import { credentialHeaders, DEFAULT_HEALTH, identityHeaders, upstreamsOf, type ApiEntry, type HttpApi } from '@faregate/core'
import { tellerOf, type AssertionSigner } from '../../callers/told.ts'
import type { ConnectionTerms, UpstreamClient } from '../../edge.ts'
import { ResponseCache } from '../cache/cache.ts'
import type { ResponseStore } from '../cache/store.ts'
import { connectionTerms, headerChanges, pathChange, secretsOf, type ApiUpstream } from './compiled.ts'
import { UpstreamHealth } from './health.ts'
import { UpstreamPool, type Member } from './pool.ts'
import { TokenSource, type OAuthTerms } from './token.ts'

/**
 * What this process knows of the upstreams of published APIs: how they are, and the tokens that they take. It outlives the
 * configuration: what is the same upstream of the same API afterwards keeps what was learnt of it.
 */
export class UpstreamBook {
  readonly #client: Pick<UpstreamClient, 'send'>
  readonly #guarded: Pick<UpstreamClient, 'send'>
  readonly #signer: AssertionSigner
  readonly #responses: ResponseStore
  readonly #health = new Map<string, UpstreamHealth>()
  readonly #tokens = new Map<string, TokenSource>()
  readonly #connections = new Map<string, ConnectionTerms>()

  /** `signer`: what tells upstreams who calls, where they want that signed. `responses`: where answers are kept. */
  constructor(client: Pick<UpstreamClient, 'send'>, signer: AssertionSigner, responses: ResponseStore) {
    this.#client = client
    this.#guarded = { send: (request, sink) => client.send({ ...request, guarded: true }, sink) }
    this.#signer = signer
    this.#responses = responses
  }

  /** How the calls of an API are made, with what is known of its upstreams. */
  compile(entry: HttpApi): ApiUpstream {
    const { health, upstreams, retries = upstreams !== undefined && upstreams.length > 1 ? 1 : 0 } = entry
    const members = upstreamsOf(entry).map(({ baseUrl, weight = 1 }) => this.#member(entry.name, baseUrl, weight))
    const stated = health?.failures !== undefined
    const rules = stated || members.length > 1 ? { ...DEFAULT_HEALTH, ...present(health), all: stated } : undefined
    const { oauth } = entry.upstream
    const guarded = entry.organization !== undefined
    return {
      pool: new UpstreamPool(members, rules, health?.check !== undefined),
      retries,
      secrets: secretsOf(entry.upstream),
      token: oauth === undefined ? undefined : this.#tokenOf(entry.name, oauth, guarded),
      request: headerChanges(entry.requestHeaders, [...credentialHeaders(entry.authentication), ...identityHeaders(entry.identity)]),
      response: headerChanges(entry.responseHeaders),
      rewrite: pathChange(entry.rewrite),
      hiddenParameter: entry.authentication?.key?.query,
      hiddenProtocol: entry.authentication?.key?.subprotocol,
      tell: tellerOf(entry.name, entry.identity, this.#signer),
      callerHost: entry.hostHeader === 'caller',
      timeouts: entry.timeouts,
      // One for each definition that was ever in force: nothing outlives a release, and going back finds nothing.
      cache: entry.cache === undefined ? undefined : new ResponseCache(this.#responses, entry.cache.priceFactor),
      connection: this.#connectionOf(entry),
      guarded,
    }
  }

  /** Forgets what belongs to no API of the configuration any more. */
  keep(entries: Iterable<ApiEntry>): void {
    const [healths, tokens, connections] = [new Set<string>(), new Set<string>(), new Set<string>()]
    for (const entry of entries) {
      if (entry.kind !== 'http') continue
      for (const { baseUrl } of upstreamsOf(entry)) healths.add(healthKey(entry.name, baseUrl))
      if (entry.upstream.oauth !== undefined) tokens.add(tokenKey(entry.name, entry.upstream.oauth))
      connections.add(connectionKey(entry))
    }
    for (const key of this.#health.keys()) if (!healths.has(key)) this.#health.delete(key)
    for (const key of this.#tokens.keys()) if (!tokens.has(key)) this.#tokens.delete(key)
    for (const key of this.#connections.keys()) if (!connections.has(key)) this.#connections.delete(key)
  }

  #member(api: string, baseUrl: string, weight: number): Member {
    const { origin, pathname } = new URL(baseUrl)
    const key = healthKey(api, baseUrl)
    const health = this.#health.get(key) ?? new UpstreamHealth()
    this.#health.set(key, health)
    return { baseUrl, origin, path: pathname === '/' ? '' : pathname, weight, health, current: 0 }
  }

  /** The same as long as nothing of it changes: connections are kept by it. */
  #connectionOf(entry: HttpApi): ConnectionTerms | undefined {
    const terms = connectionTerms(entry)
    if (terms === undefined) return undefined
    const key = connectionKey(entry)
    const known = this.#connections.get(key) ?? terms
    this.#connections.set(key, known)
    return known
  }

  #tokenOf(api: string, terms: OAuthTerms, guarded: boolean): TokenSource {
    const key = tokenKey(api, terms)
    const client = guarded ? this.#guarded : this.#client
    const source = this.#tokens.get(key) ?? new TokenSource(terms, client)
    this.#tokens.set(key, source)
    return source
  }
}

function healthKey(api: string, baseUrl: string): string {
  return `${api} ${baseUrl}`
}

function connectionKey(entry: HttpApi): string {
  return JSON.stringify([entry.name, connectionTerms(entry)])
}

function tokenKey(api: string, { tokenUrl, clientId, scopes, secret }: OAuthTerms): string {
  return JSON.stringify([api, tokenUrl, clientId, scopes, secret])
}

/** What is said of the rules, and not that something is not said. */
function present({ failures, asideMs }: { failures?: number | undefined; asideMs?: number | undefined } = {}) {
  return { ...(failures === undefined ? {} : { failures }), ...(asideMs === undefined ? {} : { asideMs }) }
}
