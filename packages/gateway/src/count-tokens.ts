import { formatAmount, isDenial } from '@faregate/core'
import { mediaTokens, type CountDialect } from '@faregate/wire'
import { servedHeaders, sharedHeaders } from './answer-headers.ts'
import { call, type Called } from './call/call.ts'
import { lineOf } from './call/line.ts'
import { closeAttempt, finish } from './finish.ts'
import type { Flow } from './flow.ts'
import { withinLimits } from './limits/within-limits.ts'
import { callingOf, entitle, type Admitted, type Shared } from './model-call.ts'
import { passOn, refuse } from './refuse.ts'
import { answerBody } from './translate.ts'

/** What a count costs: nothing, and says so. */
const FREE = { 'faregate-cost': formatAmount(0n) }

/**
 * Counts the tokens of a request, free of charge and without a hold: by the vendor behind the model where that counts
 * itself, else by our tokenizer, which is an estimate for models of other vendors than the tokenizer's.
 */
export async function serveCount(shared: Shared, flow: Flow, dialect: CountDialect, path = flow.inbound.path): Promise<void> {
  const { deps } = shared
  const admitted = await entitle(shared, flow, dialect, path)
  if (isDenial(admitted)) return refuse(deps, flow, admitted)
  flow.flags.push('free')
  const limited = { key: admitted.key, user: admitted.request.user }
  return withinLimits(deps, flow, limited, () => serveFree(shared, flow, dialect, admitted))
}

async function serveFree(shared: Shared, flow: Flow, dialect: CountDialect, admitted: Admitted): Promise<void> {
  const { deps } = shared
  const { route, request } = admitted
  const candidates = route.candidates.filter((candidate) => lineOf(dialect, candidate) !== undefined)
  if (candidates.length === 0) return answerOwnCount(shared, flow, dialect, admitted)
  const called = await call(deps, shared.resilience, flow, dialect, callingOf(deps, flow, { ...route, candidates }, request, undefined))
  if (called.kind === 'answer') return answerUpstreams(shared, flow, called, admitted)
  if (called.kind === 'gone') return finish(deps, flow, { outcome: 'aborted', status: 499, delivery: 'none' })
  if (called.kind !== 'failed') called.attempt.abort()
  else if (called.failure.action === 'surface') {
    const { denial, rejected } = called.failure
    return rejected === undefined ? refuse(deps, flow, denial) : passOn(deps, flow, denial, rejected)
  }
  return answerOwnCount(shared, flow, dialect, admitted)
}

async function answerUpstreams(
  { deps }: Shared,
  flow: Flow,
  called: Extract<Called, { kind: 'answer' }>,
  { request }: Admitted,
): Promise<void> {
  const body = answerBody(flow, request, called.line, called.opening.body, {})
  closeAttempt(flow, called.record, 'served', {}, called.startedAt)
  await answer({ deps }, flow, { ...servedHeaders(deps, flow, called), ...FREE }, body, false)
}

async function answerOwnCount(
  { deps }: Pick<Shared, 'deps'>,
  flow: Flow,
  dialect: CountDialect,
  { route, request }: Admitted,
): Promise<void> {
  const text = await deps.tokens.count(request.inputText())
  const decoded = request.decode()
  const model = route.candidates[0]?.deployment.model ?? request.model
  const body = dialect.encodeCount(text + (decoded.ok ? mediaTokens(decoded.conversation, model) : 0))
  await answer({ deps }, flow, { ...sharedHeaders(deps, flow), ...FREE, 'content-type': 'application/json' }, body, true)
}

async function answer(
  { deps }: Pick<Shared, 'deps'>,
  flow: Flow,
  headers: Record<string, string>,
  body: Buffer,
  estimated: boolean,
): Promise<void> {
  flow.outbound.head(200, { ...headers, 'content-length': String(body.length) })
  const delivered = await flow.outbound.end(body)
  finish(deps, flow, {
    outcome: delivered ? 'served' : 'aborted',
    status: 200,
    delivery: delivered ? 'confirmed' : 'unconfirmed',
    estimated,
  })
}
