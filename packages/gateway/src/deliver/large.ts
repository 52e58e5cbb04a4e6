import { believed, MISSING_USAGE, UsageScanner, type UsageReading } from '@faregate/wire'
import { servedHeaders } from '../answer-headers.ts'
import type { ByteConsumer } from '../call/attempt.ts'
import type { Called } from '../call/call.ts'
import { readBroken } from '../call/failure.ts'
import type { UpstreamError } from '../edge.ts'
import { closeAttempt, finish, type Ending } from '../finish.ts'
import { inBand } from '../refuse.ts'
import { consumed, costOf, release, settle, untoldUsage } from '../settle.ts'
import { ownCount, type Delivery } from './context.ts'
import { settleMemo } from './settle-memo.ts'

/** So much of the end waits until the settle is durable (M16): without it the JSON is not complete. */
const WITHHELD_BYTES = 64

type Large = Extract<Called, { kind: 'large' }>

/** Forwards an answer that is too large to collect, or that is no JSON, in constant memory, the last bytes withheld until it is settled. */
export async function deliverLarge(delivery: Delivery, called: Large): Promise<void> {
  const relay = new LargeRelay(delivery, called)
  await relay.run()
}

class LargeRelay implements ByteConsumer {
  readonly #delivery: Delivery
  readonly #called: Large
  readonly #usage: UsageScanner
  readonly #ended = Promise.withResolvers<UpstreamError | undefined>()
  #tail: Buffer = Buffer.alloc(0)
  #sent = 0
  #received = 0
  /** For the caller to read. */
  #waiting = false

  constructor(delivery: Delivery, called: Large) {
    this.#delivery = delivery
    this.#called = called
    this.#usage = new UsageScanner(called.line.upstream.usageMember)
  }

  async run(): Promise<void> {
    const { deps, flow } = this.#delivery
    const { opening, attempt } = this.#called
    flow.outbound.onGone(() => {
      attempt.abort()
      this.#ended.resolve({ reason: 'reset', detail: 'the caller went away' })
    })
    flow.outbound.head(opening.status, servedHeaders(deps, flow, this.#called))
    this.data(opening.head)
    attempt.attachBytes(this)
    await this.#close(await this.#ended.promise)
  }

  data(chunk: Buffer): void {
    if (this.#bytes === undefined) this.#usage.push(chunk)
    this.#received += chunk.length
    const pending = this.#tail.length === 0 ? chunk : Buffer.concat([this.#tail, chunk])
    const ready = Math.max(0, pending.length - WITHHELD_BYTES)
    this.#tail = pending.subarray(ready)
    if (ready === 0) return
    const { outbound } = this.#delivery.flow
    const part = pending.subarray(0, ready)
    const free = outbound.write(part, () => {
      this.#sent += part.length
    })
    if (free || this.#waiting) return
    this.#waiting = true
    this.#called.attempt.pause()
    void this.#resumeWhenRead()
  }

  async #resumeWhenRead(): Promise<void> {
    await this.#delivery.flow.outbound.drained()
    this.#waiting = false
    this.#called.attempt.resume()
  }

  /** An end that HTTP calls proper can still be in the middle of the JSON: the caller must see that it is cut. */
  end(): void {
    const cut = this.#bytes === undefined && !this.#usage.whole
    this.#ended.resolve(cut ? { reason: 'protocol', detail: 'the JSON ended before its end' } : undefined)
  }

  error(error: UpstreamError): void {
    this.#ended.resolve(error)
  }

  /** A whole answer is charged by its usage, else by all its bytes; a cut one by those that were delivered, at most the hold. */
  async #close(error: UpstreamError | undefined): Promise<void> {
    const { deps, flow, reservation } = this.#delivery
    const { candidate, record, startedAt, clamped, opening } = this.#called
    const cut = error !== undefined
    const bytes = cut ? this.#sent : this.#received
    const consumption = await consumed(this.#delivery, candidate, this.#told(cut), () =>
      ownCount(this.#delivery, { output: Math.ceil(bytes / 4), other: bytes, whole: !cut }),
    )
    const cost = costOf(flow, candidate, reservation, consumption)
    if (cut && (this.#sent === 0 || this.#isWorthless())) return this.#nothingSent(error)
    closeAttempt(flow, record, cut ? 'partial' : 'served', consumption.buckets, startedAt)
    const refusal = await settle(this.#delivery, cost, settleMemo(flow, this.#called, consumption.estimated), 'post', consumption.buckets)
    const shared = {
      status: opening.status,
      estimated: consumption.estimated,
      clamped: clamped?.value,
      priceVersion: candidate.price.version,
    }
    if (cut || refusal !== undefined) {
      const outcome: Ending['outcome'] = flow.outbound.closed ? 'aborted' : 'partial'
      const denial = refusal ?? (error === undefined ? undefined : readBroken(candidate, error).denial)
      const named = outcome === 'aborted' || denial === undefined ? {} : inBand(deps, flow, denial, {}).ending
      if (error !== undefined && outcome === 'partial') record.error = readBroken(candidate, error).denial.code
      flow.outbound.destroy()
      return finish(deps, flow, { ...shared, ...named, outcome, delivery: 'unconfirmed' })
    }
    const delivered = await flow.outbound.end(this.#tail)
    finish(deps, flow, { ...shared, outcome: 'served', delivery: delivered ? 'confirmed' : 'unconfirmed' })
  }

  /** The type of what is no JSON, and tells no usage. */
  get #bytes(): RegExp | undefined {
    return this.#called.line.upstream.bytes
  }

  #told(cut: boolean): UsageReading {
    if (this.#bytes !== undefined) return cut ? MISSING_USAGE : untoldUsage(this.#called.candidate.price)
    return believed(this.#usage.result(), this.#delivery.request.n > 0)
  }

  /** The upstream broke off an answer of which half is worth nothing. */
  #isWorthless(): boolean {
    const { flow, request } = this.#delivery
    return request.wholeOnly === true && !flow.outbound.closed
  }

  /** Cut before any byte was accepted, or worth nothing as it is: nothing is owed (M20, M21). */
  async #nothingSent(error: UpstreamError): Promise<void> {
    const { deps, flow } = this.#delivery
    const { candidate, record, opening } = this.#called
    await release(this.#delivery)
    const aborted = flow.outbound.closed
    if (!aborted) record.error = readBroken(candidate, error).denial.code
    const named = aborted ? {} : inBand(deps, flow, readBroken(candidate, error).denial, {}).ending
    flow.outbound.destroy()
    finish(deps, flow, { ...named, outcome: aborted ? 'aborted' : 'failed', status: opening.status, delivery: 'none' })
  }
}
