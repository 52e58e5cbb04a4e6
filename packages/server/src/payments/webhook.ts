import { creditTopUp, type TopUpNeeds } from '@faregate/admin/top-up'
import type { ManagementDenial } from '@faregate/contract/problems'
import type { PaymentRail } from '@faregate/billing/rails/port'
import type { FastifyInstance } from 'fastify'
import { answerProblem, type ProblemDeps } from '../http/problem-answer.ts'
import type { Logger } from '../log/log.ts'

export interface WebhookDeps extends ProblemDeps, TopUpNeeds {
  rail: PaymentRail
  log: Logger
}

/**
 * What the rail tells, which needs no token because it is signed. A report that was credited, now or before, or that is
 * about nothing of ours is answered 200; everything else is told again by the rail, and the operator's log says why.
 */
export function mountRailWebhook(server: FastifyInstance, deps: WebhookDeps): void {
  const { rail, log, clock } = deps
  server.post(`/api/payments/${rail.name}/webhook`, async (request, reply) => {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
    const signature = request.headers[`${rail.name}-signature`]
    const report = await rail.read(body, typeof signature === 'string' ? signature : undefined, clock.now())
    if (report.status === 'forged') {
      log.warn({ rail: rail.name, reason: report.reason }, 'a report of a payment was not believed')
      return answerProblem(deps, request, reply, { code: 'request_invalid', detail: `This report is not believed: ${report.reason}.` })
    }
    if (report.status === 'other') return reply.send('{"received":true}')
    const credited = await creditTopUp(deps, rail, report).catch((error: unknown) => ({ status: 'failed' as const, error }))
    if (credited.status === 'mismatch') {
      log.error({ order: report.order, members: credited.members }, 'a payment is not what was ordered; nothing was credited')
      return answerProblem(deps, request, reply, unlike(credited.members))
    }
    if (credited.status === 'failed') {
      log.error({ order: report.order, error: String(credited.error) }, 'a payment could not be credited yet')
      return answerProblem(deps, request, reply, LATER)
    }
    return reply.header('content-type', 'application/json').send('{"received":true}')
  })
}

const LATER: ManagementDenial = { code: 'ledger_unavailable', detail: 'The payment could not be credited yet.', retryAfterSeconds: 5 }

function unlike(members: string[]): ManagementDenial {
  return { code: 'conflict', detail: `The payment is not what was ordered (${members.join(', ')}); nothing was credited.` }
}
