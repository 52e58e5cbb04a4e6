import { formatAmount, type Denial } from '@faregate/core'
import { nobodyThere } from '../deliver/nobody.ts'
import { finish } from '../finish.ts'
import { recordDenial, refuse } from '../refuse.ts'
import { endedBy } from '../slice.ts'
import { answerHeaders } from './answer-head.ts'
import { CachedCall } from './cache/cached-call.ts'
import type { CallEnd } from './call-end.ts'
import { sentPath } from './calling.ts'
import { checkAnswerBody } from './contract/check.ts'
import type { ApiDelivery } from './delivery.ts'
import { ApiExchange } from './exchange.ts'
import { hasBody, selectingHeaders } from './forward.ts'
import { Meter } from './metering/meter.ts'
import { ending, foreseen, ONE_CALL, resolve, settleCall, voidCall } from './settle-call.ts'
import { connect } from './web-socket/connect.ts'

/** Calls the upstream and passes its answer on: settled before the last byte, void where there is none (M16, M20). */
export async function deliverCall(called: Omit<ApiDelivery, 'meter' | 'cached'>): Promise<void> {
  const { flow } = called
  flow.step = 'upstream'
  const delivery = { ...called, meter: meterOf(called), cached: cachedOf(called) }
  if (flow.outbound.closed) return nobody(delivery)
  const exchange = new ApiExchange(delivery, (status, headers) => {
    const cost = foreseen(delivery, status, headers)
    flow.outbound.head(status, answerHeaders(delivery, headers, cost === undefined ? undefined : formatAmount(cost)))
  })
  const end = await exchange.run()
  if (end.kind !== 'whole') delivery.cached?.done()
  await conclude(delivery, exchange, end)
}

function cachedOf({ flow: { inbound }, target }: Omit<ApiDelivery, 'meter' | 'cached'>): CachedCall | undefined {
  const { upstream } = target
  if (upstream.cache === undefined || target.route.webSocket) return undefined
  const url = sentPath('', inbound.query, target)
  return new CachedCall(upstream.cache, { method: inbound.method, url, headers: selectingHeaders(inbound, upstream) }, hasBody(inbound))
}

/** What measures the call, where its price depends on what goes through it: its body is counted as it is read. */
function meterOf({ deps, flow, target, reservation }: Omit<ApiDelivery, 'meter' | 'cached'>): Meter | undefined {
  if (reservation?.metered === undefined) return undefined
  const { unread } = flow.inbound
  const body = { length: target.sent, collected: unread === undefined }
  const meter = new Meter({ deps, flow, reservation, user: null, canWait: true }, reservation.cost, reservation.metered, body)
  if (unread !== undefined) flow.inbound.unread = () => meter.counted(unread())
  return meter
}

function conclude(delivery: ApiDelivery, exchange: ApiExchange, end: CallEnd): Promise<void> {
  switch (end.kind) {
    case 'whole':
      return sendWhole(delivery, exchange, end.body)
    case 'forwarded':
      return endForwarded(delivery, exchange, end.tail)
    case 'refused':
      return fail(delivery, end.denial)
    case 'broken':
      return breakOff(delivery, exchange, end.denial)
    case 'exhausted':
      return exhaust(delivery, exchange, end.denial)
    case 'switched':
      return connect(delivery, exchange, end.socket)
    case 'gone':
      return exchange.delivered === 0 ? nobody(delivery) : chargeGone(delivery, exchange)
  }
}

async function sendWhole(delivery: ApiDelivery, exchange: ApiExchange, body: Buffer): Promise<void> {
  const { deps, flow } = delivery
  const { status } = exchange
  if (flow.outbound.closed) {
    delivery.cached?.done()
    return nobody(delivery)
  }
  const differs = await checkAnswerBody(flow, delivery.target, exchange, body)
  if (differs === undefined) delivery.cached?.keep(status, exchange.headers, body)
  delivery.cached?.done()
  if (differs !== undefined) return fail(delivery, differs)
  const measured = await delivery.meter?.whole(exchange.headers, body, flow.flags)
  const refusal = await settleCall(delivery, status, 'void', { measured })
  if (refusal !== undefined) return refuse(deps, flow, refusal)
  flow.outbound.head(status, answerHeaders(delivery, exchange.headers, formatAmount(flow.cost)))
  const delivered = await flow.outbound.end(body)
  const how = delivered
    ? ({ outcome: 'served', delivery: 'confirmed' } as const)
    : ({ outcome: 'aborted', delivery: 'unconfirmed' } as const)
  finish(deps, flow, { ...how, ...ending(delivery, status) })
}

async function endForwarded(delivery: ApiDelivery, { status, written }: ApiExchange, tail: Buffer): Promise<void> {
  const { deps, flow } = delivery
  const refusal = await settleCall(delivery, status, 'post', { measured: delivery.meter?.passed(written + tail.length, flow.flags) })
  if (refusal !== undefined) {
    const denial = recordDenial(deps, flow, refusal)
    flow.outbound.destroy()
    return finish(deps, flow, { outcome: 'partial', delivery: 'unconfirmed', denial, ...ending(delivery, status) })
  }
  const delivered = await flow.outbound.end(tail)
  finish(deps, flow, { outcome: 'served', delivery: delivered ? 'confirmed' : 'unconfirmed', ...ending(delivery, status) })
}

/** The caller had a part of the answer and did not wait for the rest: it was served. */
async function chargeGone(delivery: ApiDelivery, { status, delivered }: ApiExchange): Promise<void> {
  await settleCall(delivery, status, 'post', { measured: delivery.meter?.passed(delivered, delivery.flow.flags) })
  finish(delivery.deps, delivery.flow, { outcome: 'aborted', delivery: 'unconfirmed', ...ending(delivery, status) })
}

/**
 * Half an answer is no answer: it must not look complete, and nothing is owed but for the bytes that were delivered, where they have a
 * price.
 */
async function breakOff(delivery: ApiDelivery, exchange: ApiExchange, denial: Denial): Promise<void> {
  const { deps, flow } = delivery
  if (flow.outbound.closed) return exchange.delivered === 0 ? nobody(delivery) : chargeGone(delivery, exchange)
  if (!exchange.begun) return fail(delivery, denial)
  await settleBroken(delivery, exchange)
  const recorded = recordDenial(deps, flow, withCharge(delivery, denial))
  flow.outbound.destroy()
  const how = flow.cost === 0n ? ({ outcome: 'failed', delivery: 'none' } as const) : PARTLY
  finish(deps, flow, { ...how, denial: recorded, ...ending(delivery, exchange.status) })
}

const PARTLY = { outcome: 'partial', delivery: 'unconfirmed' } as const

async function settleBroken(delivery: ApiDelivery, exchange: ApiExchange): Promise<void> {
  const { meter, flow, target } = delivery
  if (meter === undefined || !target.route.charges(exchange.status)) return voidCall(delivery)
  await flow.outbound.drained()
  const measured = meter.broken(exchange.delivered)
  const cost = meter.costOfBroken(measured)
  if (cost === 0n) return voidCall(delivery)
  await resolve(delivery, cost, 'post', { measured, buckets: ONE_CALL })
}

/** What follows is not covered: what was delivered is charged, and the answer must not look complete. */
async function exhaust(delivery: ApiDelivery, exchange: ApiExchange, cause: Denial): Promise<void> {
  const { deps, flow, meter } = delivery
  await flow.outbound.drained()
  const { status, delivered } = exchange
  await settleCall(delivery, status, 'post', { measured: meter?.passed(delivered, flow.flags) })
  const recorded = recordDenial(deps, flow, withCharge(delivery, endedBy('answer', cause)))
  flow.outbound.destroy()
  finish(deps, flow, { ...PARTLY, denial: recorded, ...ending(delivery, status) })
}

function withCharge({ flow }: ApiDelivery, denial: Denial): Denial {
  return flow.cost === 0n ? denial : { ...denial, charged: formatAmount(flow.cost) }
}

async function fail(delivery: ApiDelivery, denial: Denial): Promise<void> {
  await voidCall(delivery)
  await refuse(delivery.deps, delivery.flow, denial)
}

async function nobody(delivery: ApiDelivery): Promise<void> {
  const { deps, flow, reservation } = delivery
  if (reservation !== undefined) return nobodyThere({ ...delivery, reservation })
  finish(deps, flow, { outcome: 'aborted', status: 499, delivery: 'none' })
}
