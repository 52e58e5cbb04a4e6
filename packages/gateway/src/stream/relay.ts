import type { RawEvent, StreamIds, StreamStep } from '@faregate/wire'
import type { EventConsumer } from '../call/attempt.ts'
import { discreet } from '../call/discreet.ts'
import { readBroken } from '../call/failure.ts'
import type { Delivery } from '../deliver/context.ts'
import type { UpstreamError } from '../edge.ts'
import { Coverage } from './coverage.ts'
import { Deliveries } from './deliveries.ts'
import { brokenByMistake, completed, ends, isLast, unterminated, type StreamEnd, type Streaming } from './ending.ts'
import { Slices } from './slices.ts'
import { frameOf } from '../translate.ts'
import { StreamHead } from './stream-head.ts'
import { tapOf, type StreamTap, type Tapped } from './tap.ts'
import { Told } from './told.ts'

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
  readonly told: Told
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
  #endCovered = false
  #cutAfterDone: NodeJS.Timeout | undefined

  constructor(delivery: Delivery, called: Streaming) {
    const { deps, flow, request } = delivery
    this.told = new Told(flow)
    this.#delivery = delivery
    this.#called = called
    this.#tap = tapOf(called.line, request.n, request.includeUsage, () => frameOf(flow, request))
    this.#deliveries = new Deliveries(flow.outbound, deps.tokens)
    this.#coverage = new Coverage(new Slices(delivery, called.candidate, this.#deliveries), deps.tokens)
    const ended = Promise.withResolvers<StreamEnd>()
    this.ended = ended.promise
    this.#end = ended.resolve
    this.#head = new StreamHead(delivery, called)
  }

  /** An error event of ours carries the same. */
  get ids(): StreamIds {
    return this.#tap.ids
  }

  /** What the caller was sent. */
  get deliveries(): Deliveries {
    return this.#deliveries
  }

  start(): void {
    const { attempt, opening } = this.#called
    this.#delivery.flow.outbound.onGone(() => this.#callerGone())
    this.events(opening.events)
    if (opening.silent) this.#head.keepAlive()
    attempt.attachEvents(this)
    if (this.#blocked) attempt.pause()
  }

  events(events: RawEvent[]): void {
    if (this.#over || events.length === 0) return
    this.#head.heard()
    try {
      for (const event of events) this.#queue.push(this.#tap.take(event))
    } catch (error) {
      return this.#stop(brokenByMistake(this.#delivery, error))
    }
    this.#pump()
  }

  end(rest: Buffer): void {
    clearTimeout(this.#cutAfterDone)
    const { missingEnd, framing } = this.#called.line.upstream
    const last = unterminated(this.#tap, framing, rest)
    this.#upstreamOver = () => {
      if (last !== undefined) this.#complete([last])
      else if (rest.length === 0 && this.told.finished && missingEnd !== undefined) this.#complete([], missingEnd)
      else this.#broken({ reason: 'reset', detail: 'the stream ended without its terminal event' })
    }
    this.#pump()
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
    const waiting = last === -1 ? this.#queue : this.#queue.slice(0, last)
    const covered = await this.#coverage.cover(waiting.map(({ step }) => step.text))
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
    let made = 0
    for (const { raw, step } of events) {
      this.told.note(step)
      made += step.made ?? 0
      if (step.text !== '') texts.push(step.text)
      if (raw.length > 0) raws.push(raw)
    }
    if (raws.length === 0 || flow.outbound.closed) return
    this.#head.send()
    const [only] = raws
    const free = this.#deliveries.write(raws.length === 1 && only !== undefined ? only : Buffer.concat(raws), texts, made)
    if (free || this.#blocked) return
    this.#block()
    this.#run(this.#unblock())
  }

  /** The last event can carry text as well, which is to be covered like any other. */
  #endReached(head: Tapped): void {
    this.#endCovered ||= this.#forwardable(head.step)
    if (this.#endCovered) this.#last()
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
  #last(): void {
    const done = this.#queue.findIndex(({ step }) => step.kind === 'done')
    if (done >= 0 || this.#upstreamOver !== undefined) this.#complete(done < 0 ? this.#queue : this.#queue.slice(0, done + 1))
    else if (this.#queue.length > MOST_KEPT) this.#broken({ reason: 'protocol', detail: 'the stream went on after its end' })
  }

  #complete(kept: Tapped[], missingEnd?: Buffer): void {
    for (const { step } of kept) this.told.note(step)
    this.#stop(completed(this.#tap, this.#called.line, kept, missingEnd))
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
    if (!this.told.finished) return this.#stop({ kind: 'gone' })
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
    work.catch((error: unknown) => this.#stop(brokenByMistake(this.#delivery, error)))
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
