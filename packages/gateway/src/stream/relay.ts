import { performance } from 'node:perf_hooks'
import type { Denial } from '@faregate/core'
import { ChatStreamReader, type RawEvent, type StreamIds, type StreamStep, type UsageReading } from '@faregate/wire'
import { servedHeaders } from '../answer-headers.ts'
import type { EventConsumer } from '../call/attempt.ts'
import type { Called } from '../call/call.ts'
import { readBroken } from '../call/failure.ts'
import type { Delivery } from '../deliver/context.ts'
import type { UpstreamError } from '../edge.ts'
import { TokenMeter } from '../token-meter.ts'
import { Slices } from './slices.ts'

export type Streaming = Extract<Called, { kind: 'stream' }>

/** Why forwarding stopped. Only `complete` may send the terminal event, and only once the settle is durable. */
export type StreamEnd =
  | { kind: 'complete'; terminal: Buffer }
  | { kind: 'broken'; denial: Denial }
  | { kind: 'gone' }

const KEEP_ALIVE = Buffer.from(': keep-alive\n\n')
const DONE = Buffer.from('data: [DONE]\n\n')
/** Some servers end without the blank line that ends an event. */
const UNTERMINATED_DONE = /^data:\s*\[DONE\]\s*$/

/**
 * Forwards a stream as it arrives, event by event and byte for byte, while a reader beside it picks up usage.
 * Nothing is forwarded that is not covered by a durable hold; what waits is bounded by back-pressure.
 */
export class StreamRelay implements EventConsumer {
  readonly ended: Promise<StreamEnd>
  usage: UsageReading = { ok: false, reason: 'missing' }
  readonly #delivery: Delivery
  readonly #called: Streaming
  readonly #reader: ChatStreamReader
  readonly #slices: Slices
  readonly #forwarded: TokenMeter
  readonly #accepted: TokenMeter
  readonly #end: (end: StreamEnd) => void
  readonly #keepAlive: NodeJS.Timeout
  #queue: { raw: Buffer; step: StreamStep }[] = []
  /** Covering an event, or waiting for the caller to read. */
  #blocked = false
  #over = false
  #upstreamOver: (() => void) | undefined
  #headSent = false
  #finished = false
  #inFlight = 0
  #idle: (() => void) | undefined

  constructor(delivery: Delivery, called: Streaming) {
    this.#delivery = delivery
    this.#called = called
    this.#reader = new ChatStreamReader(delivery.request.n)
    this.#forwarded = new TokenMeter(delivery.deps.tokens)
    this.#accepted = new TokenMeter(delivery.deps.tokens)
    this.#slices = new Slices(delivery, called.candidate, () => this.#accepted.count())
    const { promise, resolve } = Promise.withResolvers<StreamEnd>()
    this.ended = promise
    this.#end = resolve
    this.#keepAlive = setTimeout(() => this.#keepCallerAlive(), delivery.deps.settings.limits.keepAliveMs)
  }

  /** What identifies the answer; an error event of ours carries the same. */
  get ids(): StreamIds {
    return this.#reader.ids
  }

  /** Output tokens that the caller's socket has accepted; waits for writes that are on their way. */
  async deliveredTokens(): Promise<number> {
    if (this.#inFlight > 0 && !this.#delivery.flow.outbound.closed) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve
      })
    }
    return this.#accepted.count()
  }

  start(): void {
    const { attempt, opening } = this.#called
    this.#delivery.flow.outbound.onGone(() => this.#callerGone())
    if (opening.events.length > 0) this.events(opening.events)
    else this.#keepCallerAlive()
    attempt.attachEvents(this)
    if (this.#blocked) attempt.pause()
  }

  events(events: RawEvent[]): void {
    if (this.#over) return
    this.#keepAlive.refresh()
    for (const event of events) this.#queue.push({ raw: event.raw, step: this.#reader.read(event) })
    this.#pump()
  }

  end(rest: Buffer): void {
    this.#upstreamOver = () => {
      const terminated = rest.length === 0 ? this.#finished : UNTERMINATED_DONE.test(rest.toString())
      if (terminated) this.#stop({ kind: 'complete', terminal: DONE })
      else this.#broken({ reason: 'reset', detail: 'the stream ended without its terminal event' })
    }
    this.#pump()
  }

  error(error: UpstreamError): void {
    this.#upstreamOver = () => this.#broken(error)
    this.#pump()
  }

  /** Forwards what is covered, in one write; stops at the first event that is not. */
  #pump(): void {
    if (this.#over || (this.#blocked && !this.#delivery.flow.outbound.closed)) return
    const batch: Buffer[] = []
    const texts: string[] = []
    let taken = 0
    for (const { raw, step } of this.#queue) {
      if (step.kind === 'done' || step.kind === 'error') break
      if (!this.#covers(step.text)) break
      taken += 1
      this.#note(step)
      if (step.text !== '') texts.push(step.text)
      if (!(step.usageOnly && !this.#delivery.request.includeUsage)) batch.push(raw)
    }
    if (taken > 0) this.#queue = taken === this.#queue.length ? [] : this.#queue.slice(taken)
    if (batch.length > 0) this.#write(batch, texts)
    this.#next()
  }

  /** What follows a batch: the end, an event that is not covered yet, or nothing for now. */
  #next(): void {
    const [head] = this.#queue
    if (head === undefined) {
      if (this.#upstreamOver !== undefined) this.#upstreamOver()
      else if (this.#forwarded.atMost > this.#slices.renewAbove) void this.#renew()
      return
    }
    if (head.step.kind === 'done') return this.#stop({ kind: 'complete', terminal: head.raw })
    if (head.step.kind === 'error') return this.#broken({ reason: 'protocol', detail: `in-band error: ${head.step.error?.message ?? 'unknown'}` })
    if (!this.#blocked) void this.#cover(head.step.text)
  }

  #covers(text: string): boolean {
    return text === '' || this.#forwarded.atMost + Buffer.byteLength(text) <= this.#slices.coveredTokens
  }

  #note(step: StreamStep): void {
    const { flow } = this.#delivery
    if (step.usage !== undefined) this.usage = step.usage
    if (step.finished) this.#finished = true
    if (step.text === '') return
    flow.ttftMs ??= Math.round(performance.now() - flow.startedAt)
    this.#forwarded.add(step.text)
  }

  /** Waits, under back-pressure, until the event is covered: counts what was bounded, then takes slices. */
  async #cover(text: string): Promise<void> {
    this.#block()
    const { deps } = this.#delivery
    const needed = await deps.tokens.countEach([text])
    let refusal: Denial | undefined
    while (!this.#over && refusal === undefined && (await this.#forwarded.count()) + needed > this.#slices.coveredTokens) {
      refusal = await this.#slices.take()
    }
    if (this.#over) return
    if (refusal !== undefined) return this.#stop({ kind: 'broken', denial: refusal })
    if (!this.#delivery.flow.outbound.closed) this.#forwardHead()
    this.#unblock()
  }

  /** The event that was waited for is covered by count; by its bytes it might not be, so it goes out by itself. */
  #forwardHead(): void {
    const [head, ...others] = this.#queue
    if (head === undefined) return
    this.#queue = others
    this.#note(head.step)
    this.#write([head.raw], head.step.text === '' ? [] : [head.step.text])
  }

  /** Asks for the next slice in advance. A refusal is no end yet: what is covered may suffice. */
  async #renew(): Promise<void> {
    const used = await this.#forwarded.count()
    if (!this.#over && used > this.#slices.renewAbove) await this.#slices.take()
  }

  #write(batch: Buffer[], texts: string[]): void {
    const { outbound } = this.#delivery.flow
    if (outbound.closed) return
    this.#sendHead()
    const [only] = batch
    this.#inFlight += 1
    const free = outbound.write(batch.length === 1 && only !== undefined ? only : Buffer.concat(batch), () => {
      for (const text of texts) this.#accepted.add(text)
      this.#inFlight -= 1
      if (this.#inFlight === 0) this.#idle?.()
    })
    if (!free && !this.#blocked) void this.#waitForReader()
  }

  async #waitForReader(): Promise<void> {
    this.#block()
    await this.#delivery.flow.outbound.drained()
    if (!this.#over) this.#unblock()
  }

  #block(): void {
    this.#blocked = true
    this.#called.attempt.pause()
  }

  #unblock(): void {
    this.#blocked = false
    this.#pump()
    if (!this.#blocked && !this.#over) this.#called.attempt.resume()
  }

  #sendHead(): void {
    if (this.#headSent) return
    this.#headSent = true
    const { deps, flow } = this.#delivery
    const { candidate, opening, clamped } = this.#called
    flow.outbound.head(opening.status, { ...servedHeaders(deps, flow, candidate, opening.headers, clamped), 'cache-control': 'no-cache', 'x-accel-buffering': 'no' })
  }

  #keepCallerAlive(): void {
    if (this.#over || this.#delivery.flow.outbound.closed) return
    this.#sendHead()
    this.#delivery.flow.outbound.write(KEEP_ALIVE)
    this.#keepAlive.refresh()
  }

  /** In the middle the upstream is cancelled at once; after a finish reason its usage is waited for, shortly (M21). */
  #callerGone(): void {
    this.#idle?.()
    if (this.#over) return
    if (!this.#finished) return this.#stop({ kind: 'gone' })
    this.#called.attempt.resume()
    setTimeout(() => this.#stop({ kind: 'gone' }), this.#delivery.deps.settings.limits.usageAfterFinishMs)
  }

  #broken(error: UpstreamError): void {
    const { denial } = readBroken(this.#called.candidate, error)
    this.#stop({ kind: 'broken', denial })
  }

  #stop(end: StreamEnd): void {
    if (this.#over) return
    this.#over = true
    clearTimeout(this.#keepAlive)
    // After its terminal event the upstream ends by itself, and its connection can be used again.
    if (end.kind === 'complete') this.#called.attempt.resume()
    else this.#called.attempt.abort()
    if (!this.#delivery.flow.outbound.closed) this.#sendHead()
    this.#end(end)
  }
}
