import { newId, type ProblemContext } from '@faregate/core'
import { renderManagementProblem, type ManagementDenial } from '@faregate/contract'
import type { FastifyReply } from 'fastify'
import type { Credential } from './credential.ts'
import type { AdminDeps } from './deps.ts'

/** Who asked what: as much as was known when the refusal came. */
export interface Asked {
  requestId: string
  credential: Credential | undefined
  route: string
}

/** Answers with a refusal as problem+json and keeps it for `GET /denials/{id}`. */
export function answerProblem(deps: AdminDeps, reply: FastifyReply, denial: ManagementDenial, asked: Asked): FastifyReply {
  const now = deps.clock.now()
  const denialId = newId('dn', now, deps.random)
  const paymentUrl = deps.settings()['billing.topUpUrl'].value
  const context: ProblemContext = {
    denialId,
    requestId: asked.requestId,
    publicUrl: deps.publicUrl(),
    asOf: new Date(now).toISOString(),
    ...(paymentUrl === undefined ? {} : { paymentUrl }),
  }
  const { status, problem, headers } = renderManagementProblem(denial, context)
  const text = JSON.stringify(problem)
  deps.denied({
    id: denialId,
    at: now,
    requestId: asked.requestId,
    organization: asked.credential?.organization ?? null,
    key: null,
    code: denial.code,
    problem: text,
    trace: JSON.stringify([{ check: asked.route, result: 'denied', facts: { credential: asked.credential?.id ?? null } }]),
    operatorDetail: denial.operatorDetail ?? null,
    configurationVersion: deps.snapshot().version,
  })
  if (status === 401) void reply.header('www-authenticate', 'Bearer realm="faregate"')
  return reply.code(status).headers(headers).serializer(String).send(text)
}
