import { formatAmount, type Denial } from '@faregate/core'
import { mergeVary, sharedHeaders, withNotices } from '../answer-headers.ts'
import type { GatewayDeps } from '../deps.ts'
import { nobodyThere } from '../deliver/nobody.ts'
import { finish } from '../finish.ts'
import type { Flow } from '../flow.ts'
import { recordDenial, refuse } from '../refuse.ts'
import { release, settle } from '../settle.ts'
import type { Late, Unsettled } from '../unsettled.ts'
import { checkAnswerBody } from './contract/check.ts'
import { ApiExchange, type CallEnd } from './exchange.ts'
import { callerHeaders } from './forward.ts'
import type { AdmittedApi, ApiReservation } from './hold.ts'
import { routeDeprecation } from './route-retirement.ts'
import { connect } from './web-socket/connect.ts'
import type { Tunnels } from './web-socket/tunnel.ts'

/** What a call of an API works with. */
export interface ApiDelivery {
  deps: GatewayDeps
  unsettled: Unsettled
  flow: Flow
  target: AdmittedApi
  /** Absent: it is free. */
  reservation: ApiReservation | undefined
  /** What is open beside it. */
  tunnels: Tunnels
}

/** Calls the upstream and passes its answer on: settled before the last byte, void where there is none (M16, M20). */
export async function deliverCall(delivery: ApiDelivery): Promise<void> {
  delivery.flow.step = 'upstream'
  if (delivery.flow.outbound.closed) return nobody(delivery)
  const exchange = new ApiExchange(delivery, (status, headers) => {
    delivery.flow.outbound.head(status, answerHeaders(delivery, headers, formatAmount(owed(delivery, status))))
  })
  await conclude(delivery, exchange, await exchange.run())
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
    case 'switched':
      return connect(delivery, exchange, end.socket)
    case 'gone':
      return exchange.delivered === 0 ? nobody(delivery) : chargeGone(delivery, exchange)
  }
}

async function sendWhole(delivery: ApiDelivery, exchange: ApiExchange, body: Buffer): Promise<void> {
  const { deps, flow } = delivery
  const { status } = exchange
  if (flow.outbound.closed) return nobody(delivery)
  const differs = await checkAnswerBody(flow, delivery.target, exchange, body)
  if (differs !== undefined) return fail(delivery, differs)
  const refusal = await settleCall(delivery, status, 'void')
  if (refusal !== undefined) return refuse(deps, flow, refusal)
  flow.outbound.head(status, answerHeaders(delivery, exchange.headers, formatAmount(flow.cost)))
  const delivered = await flow.outbound.end(body)
  const how = delivered
    ? ({ outcome: 'served', delivery: 'confirmed' } as const)
    : ({ outcome: 'aborted', delivery: 'unconfirmed' } as const)
  finish(deps, flow, { ...how, ...ending(delivery, status) })
}

async function endForwarded(delivery: ApiDelivery, { status }: ApiExchange, tail: Buffer): Promise<void> {
  const { deps, flow } = delivery
  const refusal = await settleCall(delivery, status, 'post')
  if (refusal !== undefined) {
    const denial = recordDenial(deps, flow, refusal)
    flow.outbound.destroy()
    return finish(deps, flow, { outcome: 'partial', delivery: 'unconfirmed', denial, ...ending(delivery, status) })
  }
  const delivered = await flow.outbound.end(tail)
  finish(deps, flow, { outcome: 'served', delivery: delivered ? 'confirmed' : 'unconfirmed', ...ending(delivery, status) })
}

/** The caller had a part of the answer and did not wait for the rest: it was served. */
async function chargeGone(delivery: ApiDelivery, { status }: ApiExchange): Promise<void> {
  await settleCall(delivery, status, 'post')
  finish(delivery.deps, delivery.flow, { outcome: 'aborted', delivery: 'unconfirmed', ...ending(delivery, status) })
}

/** Half an answer is no answer: nothing is owed, and it must not look complete. */
async function breakOff(delivery: ApiDelivery, exchange: ApiExchange, denial: Denial): Promise<void> {
  const { deps, flow } = delivery
  if (flow.outbound.closed) return exchange.delivered === 0 ? nobody(delivery) : chargeGone(delivery, exchange)
  if (!exchange.begun) return fail(delivery, denial)
  await voidCall(delivery)
  const recorded = recordDenial(deps, flow, denial)
  flow.outbound.destroy()
  finish(deps, flow, { outcome: 'failed', delivery: 'none', denial: recorded, ...ending(delivery, exchange.status) })
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

async function voidCall(delivery: ApiDelivery): Promise<void> {
  if (delivery.reservation !== undefined) await release({ ...delivery, reservation: delivery.reservation })
}

/** What is charged for an answer of this status, nano-units. */
function owed({ target, reservation }: ApiDelivery, status: number): bigint {
  return reservation !== undefined && target.route.charges(status) ? reservation.cost : 0n
}

/** Posts the price, or returns the hold where such an answer is not charged. A refusal: it is not known to be durable. */
export async function settleCall(
  delivery: ApiDelivery,
  status: number,
  late: Late,
  { goesOn = false }: { goesOn?: boolean } = {},
): Promise<Denial | undefined> {
  const { reservation, target, flow } = delivery
  if (reservation === undefined) return undefined
  const settling = { ...delivery, reservation, goesOn }
  const memo = { priceVersion: reservation.priceVersion, attempts: flow.attempts }
  if (!target.route.charges(status)) return settle(settling, 0n, memo, 'void')
  return settle(settling, reservation.cost, memo, late, { request: 1 })
}

export function ending({ reservation }: ApiDelivery, status: number) {
  return { status, ...(reservation === undefined ? {} : { priceVersion: reservation.priceVersion }) }
}

/** The head of an answer, as its caller gets it. */
export function answerHeaders(
  { deps, flow, target }: ApiDelivery,
  headers: Record<string, string | string[] | undefined>,
  cost: string,
): Record<string, string> {
  const sent = callerHeaders(headers, target.upstream.response)
  const notices = withNotices(flow, routeDeprecation(deps, target, sent['link']))
  return { ...sent, ...notices, ...mergeVary(sent['vary'], sharedHeaders(deps, flow)), 'faregate-cost': cost }
}
