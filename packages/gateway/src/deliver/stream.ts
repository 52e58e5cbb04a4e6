import { formatAmount, type Denial } from '@faregate/core'
import { closeAttempt, finish, type Ending } from '../finish.ts'
import { inBand } from '../refuse.ts'
import { consumed, costOf, release, settle } from '../settle.ts'
import { StreamRelay, type StreamEnd, type Streaming } from '../stream/relay.ts'
import { settleMemo } from './answer.ts'
import { ownCount, type Delivery } from './context.ts'

/** Forwards a stream as it arrives; its terminal event waits until the settle is durable (M16). */
export async function deliverStream(delivery: Delivery, called: Streaming): Promise<void> {
  const relay = new StreamRelay(delivery, called)
  relay.start()
  const end = await relay.ended
  const delivered = relay.usage.ok ? undefined : await relay.deliveredTokens()
  if (delivered === 0 && end.kind !== 'complete') return nothingDelivered(delivery, called, relay, end)
  const { flow, reservation } = delivery
  const consumption = await consumed(flow, reservation, relay.usage, async () => ownCount(delivery, delivered ?? (await relay.deliveredTokens())))
  const cost = costOf(flow, called.candidate, reservation, consumption)
  closeAttempt(flow, called.record, end.kind === 'complete' ? 'served' : 'partial', consumption.buckets, called.startedAt)
  const refusal = await settle(delivery, cost, settleMemo(called, consumption), 'post')
  const shared = { status: called.opening.status, estimated: consumption.estimated, clamped: called.clamped?.value }
  if (flow.outbound.closed) return finish(delivery.deps, flow, { ...shared, outcome: 'aborted', delivery: 'unconfirmed' })
  const denial = refusal ?? (end.kind === 'broken' ? charged(end.denial, consumption.buckets.output, flow.cost) : undefined)
  if (denial !== undefined) return endInError(delivery, relay, denial, { ...shared, outcome: 'partial', delivery: 'confirmed' })
  const accepted = await flow.outbound.end(end.kind === 'complete' ? end.terminal : undefined)
  finish(delivery.deps, flow, { ...shared, outcome: 'served', delivery: accepted ? 'confirmed' : 'unconfirmed' })
}

/** An answer without output that ends in an error, or whose caller went away before it, is void (M20, M21). */
async function nothingDelivered(delivery: Delivery, called: Streaming, relay: StreamRelay, end: StreamEnd): Promise<void> {
  const { deps, flow } = delivery
  await release(delivery)
  closeAttempt(flow, called.record, end.kind === 'gone' ? 'aborted' : 'failed', {}, called.startedAt)
  const shared = { status: called.opening.status, clamped: called.clamped?.value }
  if (end.kind !== 'broken' || flow.outbound.closed) return finish(deps, flow, { ...shared, outcome: 'aborted', delivery: 'none' })
  called.record.error = end.denial.code
  await endInError(delivery, relay, { ...end.denial, deliveredTokens: 0, charged: false }, { ...shared, outcome: 'failed', delivery: 'none' })
}

function charged(denial: Denial, tokens: number | undefined, cost: bigint): Denial {
  return { ...denial, ...(tokens === undefined ? {} : { deliveredTokens: tokens }), charged: cost === 0n ? false : formatAmount(cost) }
}

/** The dialect's error event, and no terminal event: the answer must not look complete. */
async function endInError({ deps, flow }: Delivery, relay: StreamRelay, denial: Denial, ending: Ending): Promise<void> {
  const { event, ending: named } = inBand(deps, flow, denial, relay.ids)
  await flow.outbound.end(event)
  finish(deps, flow, { ...ending, ...named })
}
