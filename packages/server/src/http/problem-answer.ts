import { newId, type Clock, type Random, type TraceStep } from '@faregate/core'
import { renderManagementProblem, type ManagementDenial } from '@faregate/contract/problems'
import type { DenialRecord } from '@faregate/gateway'
import type { FastifyReply, FastifyRequest } from 'fastify'

export interface ProblemDeps {
  clock: Clock
  random: Random
  publicUrl: () => string
}

/** Answers a refusal of the server's own pages and lookups as a problem, with the headers of every refusal. */
export function answerProblem(deps: ProblemDeps, request: FastifyRequest, reply: FastifyReply, denial: ManagementDenial): FastifyReply {
  const now = deps.clock.now()
  const { status, problem, headers } = renderManagementProblem(denial, {
    denialId: newId('dn', now, deps.random),
    requestId: request.id,
    publicUrl: deps.publicUrl(),
    asOf: new Date(now).toISOString(),
  })
  return reply
    .code(status)
    .headers({ ...headers, 'x-request-id': request.id })
    .send(JSON.stringify(problem))
}

/** A trace as a denial keeps it: text of JSON in the database. */
export function readTrace(text: string): TraceStep[] {
  return JSON.parse(text) as DenialRecord['trace']
}
