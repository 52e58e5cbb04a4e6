import type { Duplex } from 'node:stream'
import { isDenial, type Denial } from '@faregate/core'
import type { UpstreamCall, UpstreamError, UpstreamRequest, UpstreamSink } from '../edge.ts'
import { elapsed } from '../flow.ts'
import type { ApiDelivery } from './deliver.ts'
import { checkAnswerHead, readsAnswer } from './contract/check.ts'
import { MOST_CHECKED_BYTES } from './contract/checked-body.ts'
import { Calling } from './calling.ts'
import { Attempt } from './attempt.ts'
import { brokenBy, failed, metAt, refusedBy } from './failure.ts'
import { switchFlaw } from './web-socket/handshake.ts'

/** An answer that says it is no longer than this is collected, and sent once it is settled. */
const WHOLE_BYTES = 64 * 1024
/** So much of a longer one waits until the settle is durable (M16). One of unknown length waits with its end instead. */
const WITHHELD_BYTES = 64
/** So much of an answer that is not passed on is read, so that its connection can be used again. */
const DISCARDED_BYTES = 64 * 1024

const NOTHING = Buffer.alloc(0)

/** How a call of an upstream ended. */
export type CallEnd =
  /** Nothing of it was sent to the caller yet. */
  | { kind: 'whole'; body: Buffer }
  /** All of it was sent but for `tail`, and the end. */
  | { kind: 'forwarded'; tail: Buffer }
  /** It is no answer to the request. */
  | { kind: 'refused'; denial: Denial }
  | { kind: 'broken'; denial: Denial }
  /** The caller went away. */
  | { kind: 'gone' }
  /** The upstream opened a WebSocket. */
  | { kind: 'switched'; socket: Duplex }

const OUTCOMES = { whole: 'served', forwarded: 'served', refused: 'failed', broken: 'failed', gone: 'aborted', switched: 'served' } as const

type State = 'waiting' | 'collecting' | 'forwarding' | 'discarding' | 'ended'

/** One call of what is behind an API: bodies pass in constant memory, each side waiting for the other. */
export class ApiExchange implements UpstreamSink {
  readonly #delivery: ApiDelivery
  readonly #begin: (status: number, headers: Record<string, string | string[] | undefined>) => void
  readonly #ended = Promise.withResolvers<CallEnd>()
  readonly #calling: Calling
  #call: UpstreamCall | undefined
  #attempt: Attempt | undefined
  #state: State = 'waiting'
  #chunks: Buffer[] = []
  #collected = 0
  #tail = NOTHING
  #withheld = 0
  #discarded = 0
  #denial: Denial | undefined
  #begun = false
  /** For the caller to read. */
  #waiting = false
  /** Of the upstream's answer, once it has begun. */
  status = 0
  headers: Record<string, string | string[] | undefined> = {}
  /** Bytes of it that the caller's socket has taken. */
  delivered = 0

  /** `begin` sends the head of an answer that is forwarded as it comes. */
  constructor(delivery: ApiDelivery, begin: (status: number, headers: Record<string, string | string[] | undefined>) => void) {
    this.#delivery = delivery
    this.#begin = begin
    const { deps, flow, target } = delivery
    this.#calling = new Calling(deps, flow.inbound, target, target.upstream.tell?.({ key: target.key, subject: flow.subject ?? null }))
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
    this.#send()
    return this.#ended.promise
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
    this.#call = deps.upstream.send(next, this)
  }

  head(status: number, headers: Record<string, string | string[] | undefined>): void {
    const { flow, target } = this.#delivery
    const denial = refusedBy(target.api.name, status, headers)
    this.#attempt?.answered(status, flow.startedAt)
    if (this.#calling.answered(status)) {
      this.#attempt?.ended('failed', denial)
      this.#call?.abort()
      return this.#send()
    }
    flow.ttftMs = elapsed(flow)
    this.status = status
    this.headers = headers
    this.#denial = denial === undefined ? checkAnswerHead(flow, target, status, headers) : this.#met(denial)
    if (this.#denial !== undefined) this.#state = 'discarding'
    else if (isShort(flow.inbound.method, status, headers) || readsAnswer(flow, target, status, headers)) this.#state = 'collecting'
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
    else if (this.#state === 'forwarding') this.#forward(chunk)
    else if (this.#state === 'discarding' && (this.#discarded += chunk.length) > DISCARDED_BYTES) {
      this.#call?.abort()
      this.#endRefused()
    }
  }

  end(): void {
    if (this.#state === 'collecting') this.#end({ kind: 'whole', body: Buffer.concat(this.#chunks) })
    else if (this.#state === 'forwarding') this.#end({ kind: 'forwarded', tail: this.#tail })
    else if (this.#state === 'discarding') this.#endRefused()
  }

  error(error: UpstreamError): void {
    if (this.#state === 'discarding') return this.#endRefused()
    const forged = this.#delivery.flow.signedBody?.refusal()
    if (this.#state === 'waiting' && forged !== undefined) {
      this.#calling.left()
      return this.#end({ kind: 'refused', denial: forged })
    }
    const denial = this.#met(brokenBy(this.#delivery.target.api, error))
    if (this.#state === 'waiting' && this.#calling.failed(error)) {
      this.#attempt?.ended('failed', denial)
      return this.#send()
    }
    this.#end({ kind: 'broken', denial })
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
    this.#state = 'ended'
    this.#attempt?.ended(OUTCOMES[end.kind], 'denial' in end ? end.denial : undefined)
    this.#ended.resolve(end)
  }

  /** From here on the answer goes to the caller as it comes. */
  #forwardOn(): void {
    this.#state = 'forwarding'
    this.#begun = true
    this.#withheld = this.headers['content-length'] === undefined ? 0 : WITHHELD_BYTES
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
    for (const one of chunks) this.#forward(one)
  }

  /** Keeps the last bytes back; nothing is copied but these. */
  #forward(chunk: Buffer): void {
    const whole = chunk.length < this.#withheld ? Buffer.concat([this.#tail, chunk]) : chunk
    const ready = Math.max(0, whole.length - this.#withheld)
    if (whole === chunk) this.#write(this.#tail)
    this.#write(whole.subarray(0, ready))
    this.#tail = ready === whole.length ? NOTHING : Buffer.from(whole.subarray(ready))
  }

  #write(part: Buffer): void {
    if (part.length === 0) return
    const { outbound } = this.#delivery.flow
    const free = outbound.write(part, () => {
      this.delivered += part.length
    })
    if (free || this.#waiting) return
    this.#waiting = true
    this.#call?.pause()
    void this.#resumeWhenRead()
  }

  async #resumeWhenRead(): Promise<void> {
    await this.#delivery.flow.outbound.drained()
    this.#waiting = false
    this.#call?.resume()
  }
}

/** Whether an answer has no body, or says that it has little. */
function isShort(method: string, status: number, { 'content-length': length }: Record<string, string | string[] | undefined>): boolean {
  if (method === 'HEAD' || status === 204 || status === 304) return true
  return typeof length === 'string' && Number(length) <= WHOLE_BYTES
}
