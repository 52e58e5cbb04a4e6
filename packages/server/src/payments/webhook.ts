import { formatAmount } from '@faregate/core'
import { hasten } from '@faregate/admin/payments/auto-top-up-end'
import type { PaymentNeeds } from '@faregate/admin/payments/changes'
import { forgetMethod, keepMethod, type Kept } from '@faregate/admin/payments/methods'
import { refuseRefund } from '@faregate/admin/payments/refund'
import { subscribeFor } from '@faregate/admin/payments/subscribe'
import { creditTopUp, type Credited } from '@faregate/admin/top-up'
import { returnTopUp, type Returned } from '@faregate/admin/top-up-return'
import type { ManagementDenial } from '@faregate/contract/problems'
import type { Payment, PaymentRail, Report } from '@faregate/billing/rails/port'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { answerProblem, type ProblemDeps } from '../http/problem-answer.ts'
import type { Logger } from '../log/log.ts'

export interface WebhookDeps extends ProblemDeps, PaymentNeeds {
  rail: PaymentRail
  log: Logger
}

/**
 * What the rail tells, which needs no token because it is signed. A report that was booked, now or before, or that is
 * about nothing of ours is answered 200; everything else is told again by the rail, and the operator's log says why.
 */
export function mountRailWebhook(server: FastifyInstance, deps: WebhookDeps): void {
  const { rail } = deps
  server.post(`/api/payments/${rail.name}/webhook`, async (request, reply) => {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
    const header = request.headers[`${rail.name}-signature`]
    const refusal = await booked(deps, body, typeof header === 'string' ? header : undefined)
    return refusal === undefined ? received(reply) : answerProblem(deps, request, reply, refusal)
  })
}

function received(reply: FastifyReply): FastifyReply {
  return reply.header('content-type', 'application/json').send('{"received":true}')
}

const LATER: ManagementDenial = { code: 'ledger_unavailable', detail: 'The payment could not be booked yet.', retryAfterSeconds: 5 }

/** What the database or the rail cannot answer now is told again. */
async function booked(deps: WebhookDeps, body: Buffer, signature: string | undefined): Promise<ManagementDenial | undefined> {
  const { rail, log, clock } = deps
  try {
    return await book(deps, await rail.read(body, signature, clock.now()))
  } catch (error) {
    log.error({ rail: rail.name, error: String(error) }, 'a report of a payment could not be booked yet')
    return LATER
  }
}

/** Books a report; answers why it was not, where it has to be told again or nobody should believe it. */
async function book(deps: WebhookDeps, report: Report): Promise<ManagementDenial | undefined> {
  const { rail, log } = deps
  switch (report.status) {
    case 'other':
      return undefined
    case 'forged':
      log.warn({ rail: rail.name, reason: report.reason }, 'a report of a payment was not believed')
      return { code: 'request_invalid', detail: `This report is not believed: ${report.reason}.` }
    case 'method':
      return refusalOf(deps, { setup: report.setup }, await keepMethod(deps, rail, report))
    case 'method_removed':
      await forgetMethod(deps, rail, report.reference)
      return undefined
    case 'failed':
      await hasten(deps, report.organization, report.order)
      return undefined
    case 'not_refunded':
      log.warn({ order: report.order, refund: report.refund }, 'a refund did not reach the payer; the credit is there again')
      await refuseRefund(deps, report.refund, 'it did not reach the payer')
      return undefined
    case 'paid':
      return refusalOf(deps, factsOf(report), await credited(deps, report))
    case 'returned':
    case 'reinstated':
      return refusalOf(deps, factsOf(report), await returnTopUp(deps, rail, report))
  }
}

/** What the credit was ordered for is bought with it. */
async function credited(deps: WebhookDeps, report: Payment): Promise<Credited> {
  const outcome = await creditTopUp(deps, deps.rail, report)
  if (!('order' in outcome)) return outcome
  await subscribeFor(deps, outcome.order)
  if (outcome.order.automatic) await hasten(deps, outcome.order.organization, outcome.order.id)
  return outcome
}

function factsOf({ order, reference }: { order: string; reference: string }): Record<string, string> {
  return { order, reference }
}

/** What was not booked, and what is missing of what was. */
function refusalOf({ log }: WebhookDeps, facts: Record<string, string>, outcome: Credited | Returned | Kept): ManagementDenial | undefined {
  if (outcome.status === 'mismatch') {
    log.error({ ...facts, members: outcome.members }, 'a payment is not what was ordered; nothing was booked')
    return { code: 'conflict', detail: `The payment is not what was ordered (${outcome.members.join(', ')}); nothing was booked.` }
  }
  if (outcome.status === 'early') return { code: 'conflict', detail: 'The payment itself has not been told yet.' }
  if (outcome.status === 'done' && outcome.missing > 0n) {
    log.warn({ ...facts, missing: formatAmount(outcome.missing) }, 'money went back to a payer whose credit is spent or held')
  }
  return undefined
}
