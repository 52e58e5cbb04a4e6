import type { Duplex } from 'node:stream'
import { isDenial, type Denial } from '@faregate/core'
import type { InProcessAnswer } from '@faregate/wire'
import type { UpstreamCall, UpstreamError, UpstreamRequest, UpstreamSink } from '../edge.ts'
import { elapsed } from '../flow.ts'
import { playInProcess } from '../upstream/in-process.ts'
import type { ApiDelivery } from './delivery.ts'
import { checkAnswerHead } from './contract/check.ts'
import { MOST_CHECKED_BYTES } from './contract/checked-body.ts'
import { Calling } from './calling.ts'
import { Attempt } from './attempt.ts'
import { isFailure, OUTCOMES, type CallEnd } from './call-end.ts'
import { isCollected } from './collected.ts'
import { brokenBy, failed, metAt, refusedBy } from './failure.ts'
import { bodyLength } from './forward.ts'
import { Forwarding } from './forwarding.ts'
import { CoveredAnswer, type CoveredSink } from './metering/covered-answer.ts'
import { switchFlaw } from './web-socket/handshake.ts'

/** So much of a longer one waits until the settle is durable (M16). One of unknown length waits with its end instead. */
const WITHHELD_BYTES = 64
/** So much of an answer that is not passed on is read, so that its connection can be used again. */
const DISCARDED_BYTES = 64 * 1024

type State = 'waiting' | 'collecting' | 'forwarding' | 'discarding' | 'ended'

/** One call of what is behind an API: bodies pass in constant memory, each side waiting for the other. */
export class ApiExchange implements CoveredSink {
  readonly #delivery: ApiDelivery
  readonly #begin: (status: number, headers: Record<string, string | string[] | undefined>) => void
  readonly #ended = Promise.withResolvers<CallEnd>()
  readonly #calling: Calling
  #call: UpstreamCall | undefined
  #attempt: Attempt | undefined
  #state: State = 'waiting'
  #chunks: Buffer[] = []
  #collected = 0
  #discarded = 0
  #denial: Denial | undefined
  #begun = false
  readonly #forwarding: Forwarding
  /** What is kept confirmed as it was asked for: it follows once the upstream has said so. */
  #confirmed: InProcessAnswer | undefined
  /** Of the upstream's answer, once it has begun. */
  status = 0
  headers: Record<string, string | string[] | undefined> = {}

  /** `begin` sends the head of an answer that is forwarded as it comes. */
  constructor(delivery: ApiDelivery, begin: (status: number, headers: Record<string, string | string[] | undefined>) => void) {
    this.#delivery = delivery
    this.#begin = begin
    const { deps, flow, target } = delivery
    this.#forwarding = new Forwarding(flow.outbound, { pause: () => this.#call?.pause(), resume: () => this.#call?.resume() })
    delivery.meter?.watch(() => this.delivered)
    const told = target.upstream.tell?.({ key: target.key, subject: flow.subject ?? null })
    this.#calling = new Calling(deps, flow.inbound, target, { told, conditions: () => delivery.cached?.conditions })
  }

  /** Bytes of the answer that were written to the caller's socket. */
  get written(): number {
    return this.#forwarding.written
  }

  /** Those that it has taken. */
  get delivered(): number {
    return this.#forwarding.delivered
  }

  /** Whether a part of the answer may be with the caller. */
  get begun(): boolean {
    return this.#begun
  }

  /** The try that is on its way, or was the last. */
  get attempt(): Attempt | undefined {
    return this.#attempt
  }

  /** Calls the upstream; resolves when the call has ended, whatever way. */
  run(): Promise<CallEnd> {
    this.#delivery.flow.outbound.onGone(() => {
      if (this.#state === 'waiting') this.#calling.left()
      this.#call?.abort()
      this.#end({ kind: 'gone' })
    })
    const { cached } = this.#delivery
    if (cached === undefined) this.#send()
    else
      cached
        .find()
        .then((found) => this.#sendOrPlay(found))
        .catch((error: unknown) => this.#ended.reject(error))
    return this.#ended.promise
  }

  #sendOrPlay(found: InProcessAnswer | undefined): void {
    if (this.#state === 'ended') this.#delivery.cached?.done()
    else if (found === undefined) this.#send()
    else this.#play(found)
  }

  /** What is kept, as if an upstream had answered it. */
  #play(answer: InProcessAnswer): void {
    this.#state = 'waiting'
    this.#attempt = undefined
    this.#take((sink) => playInProcess(() => Promise.resolve(answer), sink))
  }

  /** Where bytes of an answer have a price, what covers them stands before it. */
  #take(call: (sink: UpstreamSink) => UpstreamCall): void {
    const { meter, flow, target } = this.#delivery
    if (meter === undefined) return void (this.#call = call(this))
    const covered = new CoveredAnswer(this, meter.cover, (status, headers) =>
      target.route.charges(status) ? bodyLength(flow.inbound.method, status, headers) : 0,
    )
    this.#call = covered.over(call(covered))
  }

  #send(): void {
    const next = this.#calling.next()
    if (next instanceof Promise) next.then((found) => this.#dispatch(found)).catch((error: unknown) => this.#ended.reject(error))
    else this.#dispatch(next)
  }

  #dispatch(next: UpstreamRequest | Denial): void {
    // The caller may have gone while a token was fetched.
    if (this.#state === 'ended') return
    if (isDenial(next)) return this.#end({ kind: 'refused', denial: next })
    const { flow, target, deps } = this.#delivery
    this.#attempt = new Attempt(flow, target, this.#calling.member)
    this.#take((sink) => deps.upstream.send(next, sink))
  }

  head(status: number, headers: Record<string, string | string[] | undefined>): void {
    const { flow, target, cached } = this.#delivery
    const denial = refusedBy(target.api.name, status, headers)
    this.#attempt?.answered(status, flow.startedAt)
    if (this.#calling.answered(status)) {
      this.#attempt?.ended('failed', denial)
      this.#call?.abort()
      return this.#send()
    }
    this.#confirmed = cached?.confirm(status, headers)
    if (this.#confirmed !== undefined) return this.#attempt?.ended('served', undefined)
    flow.ttftMs = elapsed(flow)
    this.status = status
    this.headers = headers
    this.#denial = denial === undefined ? checkAnswerHead(flow, target, status, headers) : this.#met(denial)
    if (this.#denial !== undefined) this.#state = 'discarding'
    else if (isCollected(this.#delivery, status, headers)) this.#state = 'collecting'
    else this.#forwardOn()
  }

  switched(headers: Record<string, string | string[] | undefined>, socket: Duplex): void {
    const { flow, target } = this.#delivery
    this.#attempt?.answered(101, flow.startedAt)
    this.#calling.answered(101)
    flow.ttftMs = elapsed(flow)
    this.status = 101
    this.headers = headers
    const flaw = switchFlaw(flow.inbound.headers, headers)
    if (this.#state === 'waiting' && flaw === undefined) return this.#end({ kind: 'switched', socket })
    socket.destroy()
    if (flaw !== undefined) this.#end({ kind: 'refused', denial: this.#met(failed(target.api.name, flaw)) })
  }

  data(chunk: Buffer): void {
    if (this.#state === 'collecting') this.#collect(chunk)
    else if (this.#state === 'forwarding') this.#forwarding.push(chunk)
    else if (this.#state === 'discarding' && (this.#discarded += chunk.length) > DISCARDED_BYTES) {
      this.#call?.abort()
      this.#endRefused()
    }
  }

  end(): void {
    if (this.#confirmed !== undefined) return this.#playConfirmed(this.#confirmed)
    if (this.#state === 'collecting') this.#end({ kind: 'whole', body: Buffer.concat(this.#chunks) })
    else if (this.#state === 'forwarding') this.#end({ kind: 'forwarded', tail: this.#forwarding.tail })
    else if (this.#state === 'discarding') this.#endRefused()
  }

  #playConfirmed(answer: InProcessAnswer): void {
    this.#confirmed = undefined
    this.#play(answer)
  }

  error(error: UpstreamError): void {
    if (this.#confirmed !== undefined) return this.#playConfirmed(this.#confirmed)
    if (this.#state === 'discarding') return this.#endRefused()
    const { flow, meter } = this.#delivery
    const unsent = flow.signedBody?.refusal() ?? meter?.refusal
    if (unsent !== undefined && (this.#state === 'waiting' || meter?.refusal !== undefined)) return this.refused(unsent)
    const denial = this.#met(brokenBy(this.#delivery.target.api, error))
    if (this.#state === 'waiting' && this.#calling.failed(error)) {
      this.#attempt?.ended('failed', denial)
      return this.#send()
    }
    this.#end({ kind: 'broken', denial })
  }

  refused(denial: Denial): void {
    if (this.#state === 'waiting') this.#calling.left()
    this.#end({ kind: this.#begun ? 'exhausted' : 'refused', denial })
  }

  #met(denial: Denial): Denial {
    const { member } = this.#calling
    return member === undefined ? denial : metAt(member.baseUrl, denial)
  }

  #endRefused(): void {
    if (this.#denial !== undefined) this.#end({ kind: 'refused', denial: this.#denial })
  }

  #end(end: CallEnd): void {
    if (this.#state === 'ended') return
    const instead = this.#begun || !('denial' in end) || !isFailure(end.denial) ? undefined : this.#delivery.cached?.onFailure()
    if (instead !== undefined && 'denial' in end) {
      this.#attempt?.ended('failed', end.denial)
      this.#call?.abort()
      return this.#play(instead)
    }
    this.#state = 'ended'
    this.#attempt?.ended(OUTCOMES[end.kind], 'denial' in end ? end.denial : undefined)
    this.#ended.resolve(end)
  }

  /** From here on the answer goes to the caller as it comes. */
  #forwardOn(): void {
    this.#state = 'forwarding'
    this.#begun = true
    this.#forwarding.withhold(this.headers['content-length'] === undefined ? 0 : WITHHELD_BYTES)
    this.#begin(this.status, this.headers)
  }

  /** One that turns out to be longer than what is compared is passed on after all. */
  #collect(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#collected += chunk.length
    if (this.#collected <= MOST_CHECKED_BYTES) return
    const chunks = this.#chunks
    this.#chunks = []
    this.#forwardOn()
    for (const one of chunks) this.#forwarding.push(one)
  }
}
