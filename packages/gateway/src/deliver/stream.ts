import { formatAmount, type Buckets, type Denial } from '@faregate/core'
import { believed, OUTPUT_BUCKETS, sumOf, type UsageReading } from '@faregate/wire'
import { closeAttempt, finish, type Ending } from '../finish.ts'
import { inBand } from '../refuse.ts'
import { consumed, costOf, release, settle } from '../settle.ts'
import type { StreamEnd, Streaming } from '../stream/ending.ts'
import { StreamRelay } from '../stream/relay.ts'
import type { Told } from '../stream/told.ts'
import type { Late } from '../unsettled.ts'
import { ownCount, type Delivery } from './context.ts'
import { settleMemo } from './settle-memo.ts'

/** Forwards a stream as it arrives; its terminal event waits until the settle is durable (M16). */
export async function deliverStream(delivery: Delivery, called: Streaming): Promise<void> {
  const relay = new StreamRelay(delivery, called)
  try {
    relay.start()
  } catch (error) {
    called.attempt.abort()
    throw error
  }
  const end = await relay.ended
  const { flow, reservation } = delivery
  if (end.kind === 'broken' && end.byUpstream) delivery.rest(called.candidate, end.denial)
  const whole = end.kind === 'complete'
  const delivered = whole && isLastWord(relay.told) ? undefined : await deliveredTokens(delivery, relay, end)
  const { made } = relay.deliveries
  if (!whole && (isWorthless(delivery, end) || (delivered === 0 && made === 0))) return nothingDelivered(delivery, called, relay, end)
  const usage = delivered === undefined ? relay.told.usage : usageOf(relay.told, delivered)
  const count = async (): Promise<Buckets> =>
    ownCount(delivery, { output: delivered ?? (await deliveredTokens(delivery, relay, end)), other: made, whole })
  const consumption = await consumed(delivery, called.candidate, usage, count)
  const cost = costOf(flow, called.candidate, reservation, consumption)
  const terminal = whole ? end.terminal(consumption.buckets) : undefined
  closeAttempt(flow, called.record, whole ? 'served' : 'partial', consumption.buckets, called.startedAt)
  if (end.kind === 'broken') called.record.error = end.denial.code
  // Without any output an answer that ends in error is void, also when what ends it is the settle itself (M20).
  const late: Late = relay.deliveries.hasOutput ? 'post' : 'void'
  const refusal = await settle(delivery, cost, settleMemo(flow, called, consumption.estimated), late, consumption.buckets)
  const shared = {
    status: called.opening.status,
    estimated: consumption.estimated,
    clamped: called.clamped?.value,
    priceVersion: called.candidate.price.version,
  }
  if (flow.outbound.closed) return finish(delivery.deps, flow, { ...shared, outcome: 'aborted', delivery: 'unconfirmed' })
  const denial = refusal ?? (end.kind === 'broken' ? end.denial : undefined)
  if (denial !== undefined) {
    const ending: Ending = relay.deliveries.hasOutput
      ? { ...shared, outcome: 'partial', delivery: 'confirmed' }
      : { ...shared, outcome: 'failed', delivery: 'none' }
    return endInError(delivery, relay, charged(denial, delivered ?? consumption.buckets.output, flow.cost), ending)
  }
  const accepted = await flow.outbound.end(terminal)
  finish(delivery.deps, flow, { ...shared, outcome: 'served', delivery: accepted ? 'confirmed' : 'unconfirmed' })
}

/** The upstream broke off an answer of which half is worth nothing. */
function isWorthless({ request }: Delivery, end: StreamEnd): boolean {
  return request.wholeOnly === true && end.kind === 'broken' && end.byUpstream
}

/** What the caller's socket took, and what the last event holds, which it is still to get. */
async function deliveredTokens({ deps }: Delivery, relay: StreamRelay, end: StreamEnd): Promise<number> {
  const withheld = end.kind === 'complete' && end.texts.length > 0 ? await deps.tokens.countEach(end.texts) : 0
  return (await relay.deliveries.tokens()) + withheld
}

/** The upstream told at the end what it made: nothing needs to be counted. */
function isLastWord({ usage, usageIsFinal }: Told): boolean {
  return usage.ok && usageIsFinal && believed(usage, true).ok
}

/**
 * The usage of a stream counts if it came at the end, or if it can be true of what was delivered, give or take the
 * difference of tokenizers: some upstreams send it with the first chunk already, before there is anything to count, or
 * tell what they are going to make (M20, M21, M22).
 */
function usageOf({ usage, usageIsFinal }: Told, delivered: number): UsageReading {
  const told = believed(usage, delivered > 0)
  if (!told.ok || usageIsFinal) return told
  const all = sumOf(told.buckets, OUTPUT_BUCKETS)
  const tooLittle = all * 2 < delivered
  const tooMuch = all - (told.buckets.reasoning ?? 0) > delivered * 2
  return tooLittle || tooMuch ? { ok: false, reason: 'missing' } : told
}

/** An answer without output that ends in an error, or whose caller went away before it, is void (M20, M21). */
async function nothingDelivered(delivery: Delivery, called: Streaming, relay: StreamRelay, end: StreamEnd): Promise<void> {
  const { deps, flow } = delivery
  await release(delivery)
  closeAttempt(flow, called.record, end.kind === 'gone' ? 'aborted' : 'failed', {}, called.startedAt)
  const shared = { status: called.opening.status, clamped: called.clamped?.value, priceVersion: called.candidate.price.version }
  if (end.kind !== 'broken' || flow.outbound.closed) return finish(deps, flow, { ...shared, outcome: 'aborted', delivery: 'none' })
  called.record.error = end.denial.code
  await endInError(
    delivery,
    relay,
    { ...end.denial, deliveredTokens: 0, charged: false },
    { ...shared, outcome: 'failed', delivery: 'none' },
  )
}

/** What was delivered is charged, so sending the same request again would be paid again. */
function charged(denial: Denial, tokens: number | undefined, cost: bigint): Denial {
  if (cost === 0n) return { ...denial, charged: false }
  return { ...denial, ...(tokens === undefined ? {} : { deliveredTokens: tokens }), charged: formatAmount(cost), retryable: false }
}

/** The dialect's error event, and no terminal event: the answer must not look complete. */
async function endInError({ deps, flow }: Delivery, relay: StreamRelay, denial: Denial, ending: Ending): Promise<void> {
  const { event, ending: named } = inBand(deps, flow, denial, relay.ids)
  const accepted = await flow.outbound.end(event)
  finish(deps, flow, { ...ending, ...named, ...(accepted ? {} : { delivery: 'unconfirmed' as const }) })
}
