import { performance } from 'node:perf_hooks'
import { isDenial, type Denial } from '@faregate/core'
import { errorMessage, type AnswerReading, type EndpointDialect, type Unsupported } from '@faregate/wire'
import type { GatewayDeps } from '../deps.ts'
import type { Flow } from '../flow.ts'
import type { Candidate } from '../locate.ts'
import type { AttemptRecord } from '../record.ts'
import { Attempt, COLLECTED_BYTES, type Expected } from './attempt.ts'
import { discreet } from './discreet.ts'
import { parkedBy, unusable, type Failure } from './failure.ts'
import { judge, type OpeningOf } from './judge.ts'
import { lineOf, type Line } from './line.ts'
import { drawFor, namesOf, orderOf, type Choice, type Draw } from './order.ts'
import { park, parkKey } from './park.ts'
import type { Parking } from './parking.ts'
import { prepare, type Calling, type Prepared, type WrittenLimit } from './prepare.ts'
import type { RetryBudget } from './retry-budget.ts'
import { send } from './send.ts'
import { saysContentRefused } from './content-refused.ts'
import { saysTooLong } from './too-long.ts'

/** More attempts than this are not made for one request. */
const MOST_ATTEMPTS = 4
/** An answer that has to be translated is collected up to this size. */
const TRANSLATED_BYTES = 32 * 1024 * 1024

/** What the calls of a gateway share. */
export interface Resilience {
  parking: Parking
  /** One for each model that callers name. */
  budgetOf(model: string): RetryBudget
}

/** An upstream that serves: what came of it so far, and its place in the record. */
interface Serving {
  candidate: Candidate
  attempt: Attempt
  record: AttemptRecord
  /** On the monotonic clock. */
  startedAt: number
  line: Line
  clamped: WrittenLimit | undefined
  /** What of the caller's request it was not sent. */
  dropped: Unsupported[]
}

export type Called =
  | (Serving & { kind: 'answer'; opening: OpeningOf<'answer'>; read: AnswerReading })
  | (Serving & { kind: 'large'; opening: OpeningOf<'large'> })
  | (Serving & { kind: 'stream'; opening: OpeningOf<'stream'> })
  | { kind: 'failed'; failure: Failure }
  | { kind: 'gone' }

/** Calls deployments in turn until one serves, one refuses the request itself, or none is left. */
export async function call(
  deps: GatewayDeps,
  resilience: Resilience,
  flow: Flow,
  dialect: EndpointDialect,
  calling: Calling,
): Promise<Called> {
  flow.step = 'upstream'
  const { parking } = resilience
  const now = deps.clock.now()
  parking.under(deps.snapshot().version)
  const order = orderOf(calling.route.candidates, parking, drawOf(deps, flow, calling), now)
  if (order.wait !== undefined) return { kind: 'failed', failure: parkedBy(calling.route, order.wait) }
  let { choices } = order
  const budget = resilience.budgetOf(calling.route.model.name)
  budget.earn(now)
  let last: Failure | undefined
  let current: Attempt | undefined
  flow.outbound.onGone(() => current?.cancel())
  for (let made = 0; made < MOST_ATTEMPTS; made++) {
    const [choice] = choices
    if (choice === undefined) break
    if (made > 0 && !budget.spend()) {
      flow.flags.push('retry_budget_spent')
      break
    }
    for (const name of namesOf(choice)) parking.probe(name, now)
    const line = lineTo(dialect, choice)
    const prepared = await preparedOr(calling, line, choice)
    if (isDenial(prepared)) {
      if (prepared.code !== 'request_invalid') parkKey(deps, parking, choice, prepared)
      last = unsayable(last, prepared)
      choices = remaining(choices, last)
      continue
    }
    const attempt = new Attempt({ patienceMs: deps.settings.limits.keepAliveMs, ...expected(calling, line) })
    current = attempt
    const startedAt = performance.now()
    attempt.start((sink) => send(deps, choice.candidate.vendor, prepared.upstream, sink))
    const opening = await attempt.opened
    const record = recordOf(choice, startedAt)
    flow.attempts.push(record)
    if (flow.outbound.closed) {
      attempt.abort()
      record.outcome = 'aborted'
      return { kind: 'gone' }
    }
    const judged = judge(choice.candidate, line, calling.request, opening)
    if (judged.kind !== 'failed') {
      current = undefined
      for (const name of namesOf(choice)) parking.release(name)
      record.status = judged.opening.status
      const { limit, dropped } = prepared
      const clamped = limit?.announced === true ? limit : undefined
      return { ...judged, candidate: choice.candidate, attempt, record, startedAt, line, clamped, dropped }
    }
    attempt.abort()
    last = onceAgain(discreet(judged.failure, choice.candidate, calling.request.body), last)
    if (line.translation !== undefined) last = inOwnWords(last)
    record.status = last.status
    record.error = last.denial.code
    park(deps, parking, choice, last)
    if (last.action === 'surface') break
    choices = remaining(choices, last)
  }
  return { kind: 'failed', failure: last ?? nothingToTry() }
}

/**
 * OpenAI's Responses are stored at the account that made them, and what was thought is encrypted for it: an application finds
 * its own there again (`previous_response_id`, M6). Whatever else is called is shared by chance.
 */
function drawOf({ random }: GatewayDeps, { key }: Flow, { request }: Calling): Draw {
  if (request.dialect === 'openai-responses' && key !== undefined) return drawFor(key.application.id)
  return () => random.fraction()
}

/** A key that cannot even be used (a broken service account, no token to be had) is a failed attempt without a call. */
async function preparedOr(calling: Calling, line: Line, choice: Choice): Promise<Prepared | Denial> {
  try {
    return await prepare(calling, line, choice)
  } catch (error) {
    return unusable(choice.candidate, error)
  }
}

/** What an answer may look like: one that is to be translated is collected whole, up to a bound. */
function expected({ request }: Calling, { upstream, translation }: Line): Omit<Expected, 'patienceMs'> {
  const { framing, bytes } = upstream
  const collectBytes = translation === undefined ? COLLECTED_BYTES : TRANSLATED_BYTES
  return { framing, stream: request.stream, collectBytes, ...(bytes === undefined ? {} : { bytes }) }
}

/** Only deployments that serve such calls are chosen from. */
function lineTo(dialect: EndpointDialect, { candidate }: Choice): Line {
  const line = lineOf(dialect, candidate)
  if (line === undefined) throw new Error(`${candidate.provider.name} serves no ${dialect.name}`)
  return line
}

/** Another deployment may be able to; what an upstream really said weighs more than what this one could not be told. */
function unsayable(before: Failure | undefined, denial: Denial): Failure {
  const action = denial.code === 'request_invalid' ? 'fallback' : 'rotate'
  return before === undefined ? { action, denial, status: null } : { ...before, action }
}

/** One lost connection is chance; after two in a row the upstream may be falling over this very request. */
function onceAgain(failure: Failure, before: Failure | undefined): Failure {
  return failure.action === 'again' && before?.action === 'again' ? { ...failure, action: 'fallback' } : failure
}

/** What an upstream of another dialect said of a request is told in the caller's envelope, not in its own. */
function inOwnWords({ rejected, ...failure }: Failure): Failure {
  if (rejected === undefined) return failure
  const message = upstreamMessage(rejected.body)
  const said = rejected.body.toString('utf8', 0, READ_BYTES)
  if (saysContentRefused(said)) {
    const detail = `The provider refused the request for what it says: ${message}`
    return { ...failure, denial: { ...failure.denial, detail, reason: 'content_filter' } }
  }
  if (saysTooLong(said)) {
    const denial: Denial = {
      ...failure.denial,
      detail: `The prompt is too long for the model: ${message}`,
      reason: 'context_length_exceeded',
    }
    return { ...failure, denial }
  }
  return { ...failure, denial: { ...failure.denial, detail: `The provider refused the request: ${message}` } }
}

/** So much of a refusal is read. */
const READ_BYTES = 64 * 1024

function upstreamMessage(body: Buffer): string {
  const text = body.toString('utf8', 0, READ_BYTES)
  try {
    return errorMessage(JSON.parse(text) as unknown)
  } catch {
    return 'it gave no reason that can be read'
  }
}

function recordOf({ candidate }: Choice, startedAt: number): AttemptRecord {
  return {
    provider: candidate.provider.name,
    model: candidate.deployment.model,
    status: null,
    outcome: 'failed',
    error: null,
    buckets: {},
    latencyMs: Math.round(performance.now() - startedAt),
    ttftMs: null,
  }
}

/** After `again` the same, after `rotate` the next key; after `fallback` the next deployment, because another key would meet the same failure. */
function remaining(choices: Choice[], { action }: Failure): Choice[] {
  if (action === 'again') return choices
  const [tried, ...others] = choices
  return action === 'rotate' ? others : others.filter(({ candidate }) => candidate !== tried?.candidate)
}

function nothingToTry(): Failure {
  return {
    action: 'fallback',
    status: null,
    denial: {
      code: 'gateway_misconfigured',
      detail: 'The model has no deployment that can be called.',
      operatorDetail: 'the route has no choice',
    },
  }
}
