import { performance } from 'node:perf_hooks'
import type { Denial } from '@faregate/core'
import type { GatewayDeps } from '../deps.ts'
import type { Inbound, UpstreamError, UpstreamRequest } from '../edge.ts'
import { noneOpen, tokenless, unauthorized } from './failure.ts'
import { hasBody, upstreamHeaders } from './forward.ts'
import type { ApiTarget } from './port.ts'
import { sentQuery } from './query.ts'
import { rewritten, type HeaderPair } from './upstreams/compiled.ts'
import type { Member } from './upstreams/pool.ts'

/** Methods of which a second call does what the first did (RFC 9110, 9.2.2). */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'PUT', 'DELETE'])

/** What is said beside what the caller sent. */
interface Additions {
  /** Who calls. */
  told?: readonly HeaderPair[] | undefined
  /** In the place of what the caller wants an answer to depend on. */
  conditions?: () => readonly HeaderPair[] | undefined
}

/** Which upstream a call goes to, with whose credentials, and whether it may go to another one after a failure. */
export class Calling {
  readonly #deps: Pick<GatewayDeps, 'log' | 'settings'>
  readonly #inbound: Inbound
  readonly #target: ApiTarget
  readonly #body: UnopenedBody | Buffer | null
  readonly #added: Additions
  #member: Member | undefined
  #tried: Member[] | undefined
  #left: number
  /** Once more on a connection of its own, where a kept one was lost. */
  #fresh: boolean
  #token: string | undefined
  #renewed = false

  constructor(deps: Pick<GatewayDeps, 'log' | 'settings'>, inbound: Inbound, target: ApiTarget, added: Additions = {}) {
    this.#deps = deps
    this.#inbound = inbound
    this.#target = target
    this.#added = added
    this.#left = target.upstream.retries
    this.#fresh = (inbound.method === 'GET' || inbound.method === 'HEAD') && !hasBody(inbound)
    this.#body = bodyOf(inbound)
  }

  /** The upstream that is called. */
  get member(): Member | undefined {
    return this.#member
  }

  /** What is sent, and where; a refusal: nothing can be. Waits only where a token has to be fetched. */
  next(): UpstreamRequest | Denial | Promise<UpstreamRequest | Denial> {
    const { api, upstream } = this.#target
    const now = performance.now()
    this.#member ??= upstream.pool.next(now)
    if (this.#member === undefined) return noneOpen(api.name, upstream.pool.waitMs(now))
    if (upstream.token === undefined) return this.#request(this.#member)
    this.#token = upstream.token.current()
    return this.#token === undefined ? this.#withToken(this.#member) : this.#request(this.#member)
  }

  async #withToken(member: Member): Promise<UpstreamRequest | Denial> {
    const { api, upstream } = this.#target
    const found = await upstream.token?.fetch()
    if (found !== undefined && 'value' in found) {
      this.#token = found.value
      return this.#request(member)
    }
    member.health.left()
    return found !== undefined && 'broken' in found
      ? tokenless(api.name, found.broken)
      : unauthorized(api.name, found?.refused ?? 'no token')
  }

  #request({ origin, path: base }: Member): UpstreamRequest {
    const { upstream } = this.#target
    const { method } = this.#inbound
    // Whatever host the caller wrote: it would choose among all that are served at that address.
    const host = upstream.callerHost ? new URL(this.#deps.settings.publicUrl()).host : undefined
    return {
      origin,
      path: sentPath(base, this.#inbound.query, this.#target),
      method,
      headers: upstreamHeaders(this.#inbound, upstream, {
        token: this.#token,
        told: this.#added.told,
        conditions: this.#added.conditions?.(),
        host,
      }),
      body: this.#body,
      asSent: true,
      ...(this.#inbound.webSocket === true ? { upgrade: 'websocket' as const } : {}),
      limits: upstream.timeouts,
      guarded: upstream.guarded,
      connection: upstream.connection,
    }
  }

  /** An answer began. True: it only says that the token is none any more, and the call is made again with another one. */
  answered(status: number): boolean {
    if (status >= 500) this.#blame(`HTTP ${status}`)
    else this.#praise()
    if (status !== 401 || this.#token === undefined) return false
    const another = this.#target.upstream.token?.refused(this.#token) === true
    if (this.#renewed || !another || !this.#unopened) return false
    this.#renewed = true
    return true
  }

  /**
   * It ended before an answer. True: it is made again. That is safe where the connection could not be made, and where the
   * method may be repeated and has no body.
   */
  failed(error: UpstreamError): boolean {
    if (error.kept === true && this.#fresh) {
      this.#fresh = false
      return true
    }
    if (error.kept === true) this.left()
    else this.#blame(`${error.reason}: ${error.detail}`)
    if (this.#left === 0 || this.#member === undefined || !this.#repeatable(error)) return false
    this.#left -= 1
    this.#tried = [...(this.#tried ?? []), this.#member]
    const other = this.#target.upstream.pool.next(performance.now(), this.#tried)
    if (other === undefined) return false
    this.#member = other
    return true
  }

  /** The caller went away before anything was known. */
  left(): void {
    this.#member?.health.left()
  }

  #repeatable({ reason }: UpstreamError): boolean {
    if (reason === 'connect' || reason === 'connect_timeout') return this.#unopened
    return reason !== 'protocol' && this.#body === null && IDEMPOTENT.has(this.#inbound.method)
  }

  /** Nothing of a body was taken from the caller, or all of it is here. */
  get #unopened(): boolean {
    return !(this.#body instanceof UnopenedBody && this.#body.opened)
  }

  #blame(cause: string): void {
    const { api, upstream } = this.#target
    const { rules } = upstream.pool
    const member = this.#member
    if (rules === undefined || member === undefined || !member.health.failed(performance.now(), rules)) return
    this.#deps.log.warn(
      { api: api.name, upstream: member.baseUrl, cause, milliseconds: rules.asideMs },
      'an upstream of an API is put aside',
    )
  }

  #praise(): void {
    if (this.#member?.health.served() !== true) return
    this.#deps.log.info({ api: this.#target.api.name, upstream: this.#member.baseUrl }, 'an upstream of an API serves again')
  }
}

/** Path and query of a call, as the upstream gets them. */
export function sentPath(base: string, asked: string, { upstream, rest }: Pick<ApiTarget, 'upstream' | 'rest'>): string {
  const query = sentQuery(asked, upstream.hiddenParameter)
  const path = base + (upstream.rewrite === undefined ? rest : rewritten(rest, upstream.rewrite))
  return (path === '' ? '/' : path) + (query === '' ? '' : `?${query}`)
}

function bodyOf(inbound: Inbound): UnopenedBody | Buffer | null {
  if (!hasBody(inbound)) return null
  return inbound.unread === undefined ? inbound.body : new UnopenedBody(inbound.unread)
}

/** A body that is still the caller's to send: it is opened when an upstream takes it, and can go to another one until then. */
class UnopenedBody implements AsyncIterable<Buffer> {
  readonly #open: () => AsyncIterable<Buffer>
  opened = false

  constructor(open: () => AsyncIterable<Buffer>) {
    this.#open = open
  }

  [Symbol.asyncIterator](): AsyncIterator<Buffer> {
    this.opened = true
    return this.#open()[Symbol.asyncIterator]()
  }
}
