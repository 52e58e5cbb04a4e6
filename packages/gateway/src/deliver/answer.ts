import { formatAmount, type Buckets } from '@faregate/core'
import { servedHeaders } from '../answer-headers.ts'
import type { Called } from '../call/call.ts'
import { closeAttempt, finish } from '../finish.ts'
import { refuse } from '../refuse.ts'
import { answerBody } from '../translate.ts'
import { consumed, costOf, settle } from '../settle.ts'
import { ownCount, type Delivery } from './context.ts'
import { nobodyThere } from './nobody.ts'
import { settleMemo } from './settle-memo.ts'

/** Sends an answer that was collected whole: settled first, then sent, with its cost in the head (M16). */
export async function deliverAnswer(delivery: Delivery, called: Extract<Called, { kind: 'answer' }>): Promise<void> {
  const { deps, flow, reservation } = delivery
  const { candidate, opening, read, record, clamped, startedAt } = called
  const count = async (): Promise<Buckets> => ownCount(delivery, { output: await deps.tokens.count(read.text(), 'least'), whole: true })
  const consumption = await consumed(delivery, candidate, read.usage, count)
  if (flow.outbound.closed) return nobodyThere(delivery)
  const cost = costOf(flow, candidate, reservation, consumption)
  const body = answerBody(flow, delivery.request, called.line, opening.body, consumption.buckets)
  closeAttempt(flow, record, 'served', consumption.buckets, startedAt)
  const refusal = await settle(delivery, cost, settleMemo(flow, called, consumption.estimated), 'void', consumption.buckets)
  if (refusal !== undefined) return refuse(deps, flow, refusal)
  flow.outbound.head(opening.status, {
    ...servedHeaders(deps, flow, called),
    'faregate-cost': formatAmount(flow.cost),
    'content-length': String(body.length),
  })
  const delivered = await flow.outbound.end(body)
  finish(deps, flow, {
    outcome: delivered ? 'served' : 'aborted',
    status: opening.status,
    delivery: delivered ? 'confirmed' : 'unconfirmed',
    estimated: consumption.estimated,
    clamped: clamped?.value,
    priceVersion: candidate.price.version,
  })
}
