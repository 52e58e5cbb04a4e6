import type { DenialRow } from '@faregate/admin'
import type { ManagementDenial } from '@faregate/contract/problems'
import { DEFAULT_DISCLOSURE, disclosed, reaches, type Problem } from '@faregate/core'
import { presentedKey } from '@faregate/gateway'
import type { KeyEntry } from '@faregate/identity'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { inboundOf } from '../http/data-plane.ts'
import { answerProblem, readTrace, type ProblemDeps } from '../http/problem-answer.ts'
import { denialForm, denialPage, type DenialView } from './denial-page.ts'
import type { Html } from './html.ts'
import { PAGE_HEADERS, page } from './layout.ts'

/** What looking a refusal up needs. */
export interface DenialDeps extends ProblemDeps {
  version: string
  isOperatorToken: (presented: string) => boolean
  findKey: (presented: string) => Promise<KeyEntry | undefined> | KeyEntry | undefined
  /** Finds a refusal, those included that are not written yet. */
  find: (id: string) => Promise<DenialRow | undefined>
}

type Lookup = FastifyRequest<{ Params: { id: string } }>

const NOT_FOUND: ManagementDenial = { code: 'not_found', detail: "There is no such refusal, or it is not this key's." }
const NO_KEY: ManagementDenial = {
  code: 'credential_missing',
  detail: 'A refusal is shown to the owner of its key: send that key, or the operator\'s token, as "Authorization: Bearer".',
}

/** `GET /denials/{id}`: as data with a key in the headers; in a browser a form asks for the key and posts it. */
export function mountDenials(server: FastifyInstance, deps: DenialDeps): void {
  server.get('/denials/:id', async (request: Lookup, reply) => {
    const presented = presentedKey(inboundOf(request))
    if (presented === undefined && wantsPage(request)) return sendPage(deps, reply, 200, denialForm(request.params.id, false))
    if (presented === undefined) return answerProblem(deps, request, reply, NO_KEY)
    const view = await visibleDenial(deps, request.params.id, presented)
    if (view === undefined) return answerProblem(deps, request, reply, NOT_FOUND)
    return reply.header('cache-control', 'no-store').type('application/json').send(JSON.stringify(view))
  })
  server.post('/denials/:id', { bodyLimit: 4096 }, async (request: Lookup, reply) => {
    const form = new URLSearchParams(Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '')
    const view = await visibleDenial(deps, request.params.id, form.get('key')?.trim() ?? '')
    if (view === undefined) return sendPage(deps, reply, 404, denialForm(request.params.id, true))
    return sendPage(deps, reply, 200, denialPage(view))
  })
}

function wantsPage(request: FastifyRequest): boolean {
  return request.headers.accept?.includes('text/html') === true
}

function sendPage(deps: DenialDeps, reply: FastifyReply, status: number, body: Html): FastifyReply {
  return reply
    .code(status)
    .headers({ ...PAGE_HEADERS, 'cache-control': 'no-store' })
    .send(page('A refusal', body, deps.version))
}

/** The refusal, if the credential is its key, in whatever state, or the operator's token: whole, unless the key may be told less. */
async function visibleDenial(deps: DenialDeps, id: string, presented: string): Promise<DenialView | undefined> {
  const operator = deps.isOperatorToken(presented)
  const key = operator ? undefined : await deps.findKey(presented)
  if (!operator && key === undefined) return undefined
  const row = await deps.find(id)
  if (row === undefined || (!operator && row.key !== key?.id)) return undefined
  const level = key?.organization.disclosure ?? DEFAULT_DISCLOSURE
  const problem = JSON.parse(row.problem) as Problem
  const whole = operator || reaches(level, 'amounts')
  return {
    id: row.id,
    requestId: row.requestId,
    at: new Date(row.at).toISOString(),
    code: row.code,
    problem: whole ? problem : disclosed(problem, level),
    trace: whole ? readTrace(row.trace) : [],
    configurationVersion: row.configurationVersion,
    ...(operator && row.operatorDetail !== null ? { operatorDetail: row.operatorDetail } : {}),
  }
}
