import {
  catalogueEntry,
  disclosed,
  entryOf,
  newId,
  problemHeaders,
  reaches,
  renderProblem,
  type Denial,
  type Problem,
  type ProblemContext,
} from '@faregate/core'
import { openaiChat, type StreamIds } from '@faregate/wire'
import { sharedHeaders } from './answer-headers.ts'
import type { Failure } from './call/failure.ts'
import type { GatewayDeps } from './deps.ts'
import { disclosureOf } from './disclosure-of.ts'
import { finish, type Ending } from './finish.ts'
import { shownSteps } from './facade.ts'
import type { Flow } from './flow.ts'
import { envelopeOf } from './surfaces.ts'
import { traceOf } from './trace/trace.ts'

/** A refusal, numbered and rendered, with its decision trace handed to the recorder. */
interface Registered {
  /** As far as it is told to the caller. */
  problem: Problem
  headers: Record<string, string>
  /** What the record says of it. */
  ending: NonNullable<Ending['denial']>
}

/** Answers with the refusal, before any byte of an answer was sent. */
export async function refuse(deps: GatewayDeps, flow: Flow, denial: Denial): Promise<void> {
  const { problem, headers, ending } = register(deps, flow, denial)
  const { status } = problem
  const { type, body } = envelope(flow, problem)
  flow.outbound.head(status, {
    ...sharedHeaders(deps, flow),
    ...headers,
    'content-type': type,
    'content-length': String(body.length),
  })
  await flow.outbound.end(body)
  finish(deps, flow, { outcome: outcomeOf(status), status, delivery: 'none', denial: ending })
}

/** The problem in the envelope that the caller's client parses; the plain one for callers who ask for it (RFC 9457). */
function envelope({ inbound, dialect }: Flow, problem: Problem): { type: string; body: Buffer } {
  const asked = String(inbound.headers['accept'] ?? '').includes('application/problem+json')
  const content = asked ? problem : (dialect ?? envelopeOf(inbound)).errorBody(problem)
  const type = content === problem ? 'application/problem+json' : 'application/json'
  return { type, body: Buffer.from(JSON.stringify(content)) }
}

/** Passes on the upstream's own refusal of the request, body unchanged, with our headers added. */
export async function passOn(deps: GatewayDeps, flow: Flow, denial: Denial, rejected: NonNullable<Failure['rejected']>): Promise<void> {
  const { headers, ending } = register(deps, flow, denial)
  flow.outbound.head(rejected.status, {
    ...sharedHeaders(deps, flow),
    ...headers,
    'content-type': rejected.contentType,
    'content-length': String(rejected.body.length),
  })
  await flow.outbound.end(rejected.body)
  finish(deps, flow, { outcome: 'refused', status: rejected.status, delivery: 'none', denial: ending })
}

/** The event that ends a stream in error, and what the record says of it. */
export function inBand(deps: GatewayDeps, flow: Flow, denial: Denial, ids: StreamIds): { event: Buffer; ending: Pick<Ending, 'denial'> } {
  const { problem, ending } = register(deps, flow, denial)
  const dialect = flow.dialect ?? openaiChat
  return { event: dialect.errorEvent(problem, { model: flow.request?.model ?? '', ...ids }), ending: { denial: ending } }
}

/** Keeps a refusal that can be told to nobody any more: the answer has begun in no dialect that could carry it. */
export function recordDenial(deps: GatewayDeps, flow: Flow, denial: Denial): NonNullable<Ending['denial']> {
  return register(deps, flow, denial).ending
}

/** Numbers a refusal as the caller is told it, and keeps it whole, with its decision trace, for `/denials/{id}`. */
function register(deps: GatewayDeps, flow: Flow, refusal: Denial): Registered {
  const denial = flow.facade.told(refusal, flow)
  const now = deps.clock.now()
  const operatorsOwn = entryOf(denial).status === 500
  const told = { ...denial, detail: `${denial.detail}${chargeNote(denial)}` }
  const numbered = operatorsOwn ? { ...told, incidentId: newId('inc', now, deps.random) } : told
  const id = newId('dn', now, deps.random)
  const { settings } = deps
  const { billing } = settings
  const paymentUrl = numbered.fixes?.find(({ kind }) => kind === 'pay')?.url ?? billing.topUpUrl
  const context: ProblemContext = {
    denialId: id,
    requestId: flow.id,
    publicUrl: settings.publicUrl(),
    asOf: new Date(now).toISOString(),
    ...(paymentUrl === undefined ? {} : { paymentUrl }),
  }
  const problem = renderProblem(numbered, context)
  flow.denial = numbered
  const trace = shownSteps(flow.facade, traceOf(deps, flow, denial))
  if (denial.operatorDetail !== undefined) {
    deps.log.warn(
      { request: flow.id, denial: id, incident: numbered.incidentId, code: denial.code, cause: denial.operatorDetail },
      'a request was refused',
    )
  }
  deps.recorder.denial({
    id,
    at: now,
    requestId: flow.id,
    organization: flow.key?.organization.id ?? null,
    key: flow.key?.id ?? null,
    code: denial.code,
    problem: JSON.stringify(problem),
    trace,
    operatorDetail: denial.operatorDetail ?? null,
    configurationVersion: deps.snapshot().version,
  })
  const ending = { code: denial.code, id }
  return { problem: disclosed(problem, disclosureOf(flow.key), trace), headers: headersOf(flow, denial, context), ending }
}

/** Where the code alone is told, neither whose account it is nor the page on which that is topped up. */
function headersOf({ key }: Flow, denial: Denial, context: ProblemContext): Record<string, string> {
  if (reaches(disclosureOf(key), 'fixes')) return problemHeaders(denial, context)
  const { scope: _scope, ...rest } = denial
  const { paymentUrl: _url, ...plain } = context
  return problemHeaders(rest, plain)
}

/** Where the gateway or an upstream is at fault, callers ask first whether they paid for it. */
function chargeNote({ code, charged }: Denial): string {
  if (typeof charged === 'string') return ` What was delivered is charged: ${charged}.`
  return catalogueEntry(code).status >= 500 ? ' Nothing was charged.' : ''
}

function outcomeOf(status: number): Ending['outcome'] {
  return status >= 500 ? 'failed' : 'refused'
}
