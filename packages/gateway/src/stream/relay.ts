import { performance } from 'node:perf_hooks'
import type { Buckets, Denial } from '@faregate/core'
import { lastEvent, type RawEvent, type StreamIds, type StreamStep, type UsageReading } from '@faregate/wire'
import type { EventConsumer } from '../call/attempt.ts'
import type { Called } from '../call/call.ts'
import { discreet } from '../call/discreet.ts'
import { readBroken } from '../call/failure.ts'
import type { Delivery } from '../deliver/context.ts'
import type { UpstreamError } from '../edge.ts'
import { Coverage } from './coverage.ts'
import { Deliveries } from './deliveries.ts'
import { Slices } from './slices.ts'
import { frameOf } from '../translate.ts'
import { StreamHead } from './stream-head.ts'
import { tapOf, type StreamTap, type Tapped } from './tap.ts'

export type Streaming = Extract<Called, { kind: 'stream' }>

/** Why forwarding stopped. Only `complete` may send the terminal event, and only once the settle is durable. */
export type StreamEnd =
  | { kind: 'complete'; terminal: (buckets: Buckets) => Buffer; texts: string[] }
  | { kind: 'broken'; denial: Denial; byUpstream: boolean } | { kind: 'gone' }

/** So many events may follow the one that ends the answer for clients; an upstream that goes on is cut. */
const MOST_KEPT = 1_000
/** An upstream that has sent its terminal event ends by itself, and its connection is used again; if not, it is cut. */
const AFTER_DONE_MS = 1_000

/**
 * Forwards a stream as it arrives, event by event and byte for byte, while a reader beside it picks up usage.
 * Nothing is forwarded that is not covered by a durable hold; what waits is bounded by back-pressure.
 */
export class StreamRelay implements EventConsumer {
  readonly ended: Promise<StreamEnd>
  /** What the upstream said last of its usage, and whether it said so at the end: with a finish reason or after it. */
  usage: UsageReading = { ok: false, reason: 'missing' }
  usageIsFinal = false
  readonly #delivery: Delivery
  readonly #called: Streaming
  readonly #tap: StreamTap
  readonly #coverage: Coverage
  readonly #deliveries: Deliveries
  readonly #end: (end: StreamEnd) => void
  readonly #head: StreamHead
  #queue: Tapped[] = []
  /** Covering an event, or waiting for the caller to read. */
  #blocked = false
  #over = false
  /** The upstream has ended, well or not; what it sent before comes first. */
  #upstreamOver: (() => void) | undefined
  #finished = false
  #endCovered = false
  #cutAfterDone: NodeJS.Timeout | undefined

  constructor(delivery: Delivery, called: Streaming) {
    const { deps, flow, request } = delivery
    this.#delivery = delivery
    this.#called = called
    this.#tap = tapOf(called.line, request.n, request.includeUsage, () => frameOf(flow, request))
    this.#deliveries = new Deliveries(flow.outbound, deps.tokens)
    this.#coverage = new Coverage(new Slices(delivery, called.candidate, this.#deliveries), deps.tokens)
    const { promise, resolve } = Promise.withResolvers<StreamEnd>()
    this.ended = promise
    this.#end = resolve
    this.#head = new StreamHead(delivery, called)
  }

  /** What identifies the answer; an error event of ours carries the same. */
  get ids(): StreamIds {
    return this.#tap.ids
  }

  /** Whether the caller was sent any output. */
  get hasOutput(): boolean {
    return this.#deliveries.hasOutput
  }

  /** Output tokens that the caller's socket has accepted, writes on their way included. */
  deliveredTokens(): Promise<number> {
    return this.#deliveries.tokens()
  }

  start(): void {
    const { attempt, opening } = this.#called
    this.#delivery.flow.outbound.onGone(() => this.#callerGone())
    if (opening.events.length > 0) this.events(opening.events)
    if (opening.silent) this.#head.keepAlive()
    attempt.attachEvents(this)
    if (this.#blocked) attempt.pause()
  }

  events(events: RawEvent[]): void {
    if (this.#over) return
    this.#head.heard()
    try {
      for (const event of events) this.#queue.push(this.#tap.take(event))
    } catch (error) {
      return this.#mistaken(error)
    }
    this.#pump()
  }

  end(rest: Buffer): void {
    clearTimeout(this.#cutAfterDone)
    const { missingEnd, framing } = this.#called.line.upstream
    const last = rest.length === 0 ? undefined : this.#unterminated(lastEvent(framing, rest))
    this.#upstreamOver = () => {
      if (last !== undefined) this.#complete([last])
      else if (rest.length === 0 && this.#finished && missingEnd !== undefined) this.#complete([], missingEnd)
      else this.#broken({ reason: 'reset', detail: 'the stream ended without its terminal event' })
    }
    this.#pump()
  }

  /** Some servers end without what ends an event: the terminal event is one all the same, half of another is not. */
  #unterminated(event: RawEvent | undefined): Tapped | undefined {
    const tapped = event === undefined ? undefined : this.#tap.take(event)
    return tapped?.step.kind === 'done' ? tapped : undefined
  }

  error(error: UpstreamError): void {
    clearTimeout(this.#cutAfterDone)
    this.#upstreamOver = () => this.#broken(error)
    this.#pump()
  }

  /** Forwards what is covered, in one write; stops at the first event that is not. */
  #pump(): void {
    if (this.#over || (this.#blocked && !this.#delivery.flow.outbound.closed)) return
    const stop = this.#queue.findIndex(({ step }) => isLast(step) || !this.#forwardable(step))
    this.#write(this.#queue.splice(0, stop === -1 ? this.#queue.length : stop))
    this.#next()
  }

  /** Whether it is covered; if so it counts as forwarded. Once the caller is gone only usage is looked for. */
  #forwardable(step: StreamStep): boolean {
    if (this.#delivery.flow.outbound.closed) return true
    if (!this.#coverage.fits(step.text)) return false
    this.#coverage.add(step.text)
    return true
  }

  /** What follows a write: the end, an event that is not covered yet, or nothing for now. */
  #next(): void {
    const [head] = this.#queue
    if (head === undefined) {
      if (this.#upstreamOver !== undefined) this.#upstreamOver()
      else this.#run(this.#coverage.renew())
    } else if (ends(head.step)) {
      this.#endReached(head)
    } else if (head.step.kind === 'error') {
      this.#broken({ reason: 'protocol', detail: `in-band error: ${head.step.error?.message ?? 'unknown'}` })
    } else if (!this.#blocked) {
      this.#run(this.#cover())
    }
  }

  /** Waits, under back-pressure, until what is queued is covered, in part at least. */
  async #cover(): Promise<void> {
    this.#block()
    const last = this.#queue.findIndex(({ step }) => isLast(step))
    const waiting = last === -1 ? this.#queue.length : last
    const covered = await this.#coverage.cover(this.#queue.slice(0, waiting).map(({ step }) => step.text))
    if (this.#over) return
    if (typeof covered !== 'number') return this.#stop({ kind: 'broken', denial: covered, byUpstream: false })
    const events = this.#queue.splice(0, covered)
    for (const { step } of events) this.#coverage.add(step.text)
    this.#write(events)
    await this.#unblock()
  }

  /** Writes events that are covered, at once. */
  #write(events: Tapped[]): void {
    const { flow } = this.#delivery
    const raws: Buffer[] = []
    const texts: string[] = []
    for (const { raw, step } of events) {
      this.#note(step)
      if (step.text !== '') texts.push(step.text)
      if (raw.length > 0) raws.push(raw)
    }
    if (raws.length === 0 || flow.outbound.closed) return
    this.#head.send()
    const [only] = raws
    const free = this.#deliveries.write(raws.length === 1 && only !== undefined ? only : Buffer.concat(raws), texts)
    if (free || this.#blocked) return
    this.#block()
    this.#run(this.#unblock())
  }

  /** The last event can carry text as well, which is to be covered like any other. */
  #endReached(head: Tapped): void {
    this.#endCovered ||= this.#forwardable(head.step)
    if (this.#endCovered) this.#last(head)
    else if (!this.#blocked) this.#run(this.#coverEnd(head))
  }

  async #coverEnd({ step }: Tapped): Promise<void> {
    this.#block()
    const covered = await this.#coverage.cover([step.text])
    if (this.#over) return
    if (typeof covered !== 'number') return this.#stop({ kind: 'broken', denial: covered, byUpstream: false })
    this.#coverage.add(step.text)
    this.#endCovered = true
    await this.#unblock()
  }

  /** The end has come: at once with the vendor's terminal event, else when the upstream has said all that follows. */
  #last(head: Tapped): void {
    if (head.step.kind === 'done') return this.#complete([head])
    if (this.#queue.length > MOST_KEPT) return this.#broken({ reason: 'protocol', detail: 'the stream went on after its end' })
    if (this.#upstreamOver !== undefined) this.#complete(this.#queue)
  }

  #complete(kept: Tapped[], missingEnd?: Buffer): void {
    for (const { step } of kept) this.#note(step)
    const raw = Buffer.concat(missingEnd === undefined || this.#called.line.translated ? kept.map((tapped) => tapped.raw) : [missingEnd])
    const texts = kept.flatMap(({ step }) => (step.text === '' ? [] : [step.text]))
    this.#stop({ kind: 'complete', terminal: (buckets) => this.#tap.terminal(raw, buckets), texts })
  }

  #note(step: StreamStep): void {
    const { flow } = this.#delivery
    if (step.finished) this.#finished = true
    if (step.usage !== undefined) {
      this.usage = step.usage
      this.usageIsFinal = this.#finished
    }
    if (step.text !== '') flow.ttftMs ??= Math.round(performance.now() - flow.startedAt)
  }

  #block(): void {
    this.#blocked = true
    this.#called.attempt.pause()
  }

  /** Goes on once the caller has read what it was sent. */
  async #unblock(): Promise<void> {
    await this.#delivery.flow.outbound.drained()
    if (this.#over) return
    this.#blocked = false
    this.#pump()
    if (!this.#blocked && !this.#over) this.#called.attempt.resume()
  }

  /** In the middle the upstream is cancelled at once; after a finish reason its usage is waited for, shortly (M21). */
  #callerGone(): void {
    if (this.#over) return
    if (!this.#finished) return this.#stop({ kind: 'gone' })
    this.#called.attempt.resume()
    setTimeout(() => this.#stop({ kind: 'gone' }), this.#delivery.deps.settings.limits.usageAfterFinishMs)
  }

  #broken(error: UpstreamError): void {
    const { candidate } = this.#called
    const { denial } = discreet(readBroken(candidate, error), candidate, this.#delivery.request.body)
    this.#stop({ kind: 'broken', denial, byUpstream: true })
  }

  /** A mistake of ours must end the stream, not leave it waiting. */
  #run(work: Promise<void>): void {
    work.catch((error: unknown) => this.#mistaken(error))
  }

  #mistaken(error: unknown): void {
    this.#delivery.deps.log.error({ request: this.#delivery.flow.id, error: String(error) }, 'a stream met a mistake in the gateway')
    const denial: Denial = {
      code: 'gateway_misconfigured',
      detail: 'The gateway met a mistake of its own; the stream ends here.',
      operatorDetail: String(error),
    }
    this.#stop({ kind: 'broken', denial, byUpstream: false })
  }

  #stop(end: StreamEnd): void {
    if (this.#over) return
    this.#over = true
    this.#coverage.stop()
    this.#head.stop()
    const { attempt } = this.#called
    if (end.kind !== 'complete') attempt.abort()
    else if (this.#upstreamOver === undefined) {
      this.#cutAfterDone = setTimeout(() => attempt.abort(), AFTER_DONE_MS).unref()
      attempt.resume()
    }
    this.#head.send()
    this.#end(end)
  }
}

function isLast(step: StreamStep): boolean {
  return ends(step) || step.kind === 'error'
}

/** To the caller it is the end of the answer. */
function ends(step: StreamStep): boolean {
  return step.kind === 'done' || step.keepBack === true
}
