import type { InProcessAnswer } from '@faregate/wire'
import { bodyLength } from '../forward.ts'
import type { HeaderPair } from '../upstreams/compiled.ts'
import type { ResponseCache } from './cache.ts'
import {
  answerOf,
  confirmed,
  helpsOnFailure,
  isUsable,
  keptOf,
  selects,
  validators,
  type CacheRequest,
  type Headers,
  type Kept,
} from './policy.ts'

/** How an answer came to be. */
export type CacheResult = 'hit' | 'revalidated' | 'stale' | 'miss' | 'bypass'

/** Longer answers are not kept. */
const MOST_KEPT_BYTES = 1024 * 1024

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/** One call before what is kept of its API (RFC 9111). */
export class CachedCall {
  readonly #cache: ResponseCache
  readonly #request: CacheRequest
  readonly #asks: boolean
  #stale: Kept | undefined
  #done: (() => void) | undefined
  #stored = false
  #collapsed = false
  #forward = 'uri-miss'
  result: CacheResult = 'miss'

  /** `hasBody`: an answer may depend on it. */
  constructor(cache: ResponseCache, request: CacheRequest, hasBody: boolean) {
    this.#cache = cache
    this.#request = request
    const { method, headers } = request
    this.#asks = (method === 'GET' || method === 'HEAD') && headers['range'] === undefined && !hasBody
    if (this.#asks) return
    this.result = 'bypass'
    this.#forward = SAFE.has(method) ? 'bypass' : 'method'
  }

  /** What a call costs that is answered from here, as a part of its price; undefined: this one is not. */
  get priceFactor(): string | undefined {
    return this.result === 'hit' && this.#cache.priceFactor !== '1' ? this.#cache.priceFactor : undefined
  }

  /** `Cache-Status` (RFC 9211), after what caches before this one said. */
  told(before: string | undefined): string {
    const { result } = this
    const how = result === 'hit' || result === 'stale' ? 'hit' : `fwd=${this.#forward}${result === 'revalidated' ? '; fwd-status=304' : ''}`
    const more = `${this.#stored ? '; stored' : ''}${this.#collapsed ? '; collapsed' : ''}`
    return `${before === undefined ? '' : `${before}, `}Faregate; ${how}${more}`
  }

  /** An answer that may be used as it is; waits for the same call, where one is on its way. */
  async find(): Promise<InProcessAnswer | undefined> {
    if (!this.#asks) return undefined
    const found = this.#fresh()
    if (found !== undefined) return found
    const { url } = this.#request
    const flight = this.#cache.flight(url)
    if (flight === undefined) {
      if (this.#request.method === 'GET') this.#done = this.#cache.lead(url)
      return undefined
    }
    await flight
    const theirs = this.#fresh()
    this.#collapsed = theirs !== undefined
    return theirs
  }

  #fresh(): InProcessAnswer | undefined {
    const variants = this.#cache.find(this.#request.url)
    const kept = variants.find((one) => selects(one, this.#request))
    if (kept === undefined) {
      this.#forward = variants.length === 0 ? 'uri-miss' : 'vary-miss'
      return undefined
    }
    if (isUsable(kept, this.#request)) return this.#use(kept, 'hit')
    this.#stale = kept
    this.#forward = kept.policy.stale() ? 'stale' : 'request'
    return undefined
  }

  #use(kept: Kept, result: CacheResult): InProcessAnswer {
    this.result = result
    const { status, headers, body } = answerOf(kept, this.#request)
    return { status, headers, body: inPieces(body) }
  }

  /** With what the upstream is asked whether what is kept is still so, in the place of what the caller asks; undefined: with nothing. */
  get conditions(): readonly HeaderPair[] | undefined {
    return this.#stale === undefined || this.#request.method !== 'GET' ? undefined : validators(this.#stale)
  }

  /** The upstream says that it is: what is kept is the answer; undefined: nothing was asked. */
  confirm(status: number, headers: Headers): InProcessAnswer | undefined {
    const stale = this.#stale
    if (status !== 304 || stale === undefined || this.conditions === undefined) return undefined
    const { store } = this.#cache
    const kept = confirmed(store.policies, stale, this.#request, headers)
    if (kept === undefined) this.#cache.drop(this.#request.url)
    else this.#keep(kept)
    return this.#use(kept ?? stale, 'revalidated')
  }

  /** Whether an answer is to be here as a whole, to be kept. What an unsafe call changes is forgotten (RFC 9111, 4.4). */
  wants(status: number, headers: Headers): boolean {
    const { method, url } = this.#request
    if (!SAFE.has(method) && status >= 200 && status < 400) this.#cache.drop(url)
    if (method !== 'GET' || !this.#asks || this.#used) return false
    const short = (bodyLength(method, status, headers) ?? 0) <= MOST_KEPT_BYTES
    if (short && this.#keptOf(status, headers, Buffer.alloc(0)) !== undefined) return true
    this.#cache.unkept(url)
    this.done()
    return false
  }

  /** Keeps an answer that is here. */
  keep(status: number, headers: Headers, body: Buffer): void {
    if (this.#request.method !== 'GET' || !this.#asks || this.#used || body.length > MOST_KEPT_BYTES) return
    const kept = this.#keptOf(status, headers, body)
    if (kept === undefined) return
    this.#keep(kept)
    this.#stored = true
  }

  /** A stale answer, where the upstream failed and that may take its place. */
  onFailure(): InProcessAnswer | undefined {
    const stale = this.#stale
    return stale === undefined || this.#used || !helpsOnFailure(stale) ? undefined : this.#use(stale, 'stale')
  }

  /** Whoever waits for this call need not any more. */
  done(): void {
    this.#done?.()
    this.#done = undefined
  }

  /** Whether the answer comes from what is kept. */
  get #used(): boolean {
    return this.result !== 'miss'
  }

  #keptOf(status: number, headers: Headers, body: Buffer): Kept | undefined {
    return keptOf(this.#cache.store.policies, this.#request, status, headers, body)
  }

  #keep(kept: Kept): void {
    this.#cache.put(this.#request.url, kept, (other) => selects(other, this.#request))
  }
}

async function* inPieces(pieces: Buffer[]): AsyncGenerator<Buffer> {
  for (const piece of pieces) if (piece.length > 0) yield piece
}
