import { performance } from 'node:perf_hooks'
import { isDenial, type Denial, type ProviderKey } from '@faregate/core'
import { errorMessage, type AnswerReading, type Dialect, type Unsupported } from '@faregate/wire'
import type { GatewayDeps } from '../deps.ts'
import { note, type Flow } from '../flow.ts'
import type { Candidate } from '../locate.ts'
import type { AttemptRecord } from '../record.ts'
import { Attempt, COLLECTED_BYTES } from './attempt.ts'
import { discreet } from './discreet.ts'
import { unusable, type Failure } from './failure.ts'
import { judge, type OpeningOf } from './judge.ts'
import { lineOf, type Line } from './line.ts'
import { deploymentName, keyName, orderOf, type Choice, type Cooldowns } from './order.ts'
import { prepare, type Calling, type Prepared, type WrittenLimit } from './prepare.ts'
import { send } from './send.ts'

/** More attempts than this are not made for one request. */
const MOST_ATTEMPTS = 4
/** An answer that has to be translated is collected up to this size. */
const TRANSLATED_BYTES = 32 * 1024 * 1024
/** How long a deployment or key that failed is tried last, unless the upstream said how long. */
const REST_MS = 10_000

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
export async function call(deps: GatewayDeps, cooldowns: Cooldowns, flow: Flow, dialect: Dialect, calling: Calling): Promise<Called> {
  let choices = orderOf(calling.route.candidates, cooldowns, deps.random, deps.clock.now())
  let last: Failure | undefined
  let current: Attempt | undefined
  flow.outbound.onGone(() => current?.cancel())
  for (let made = 0; made < MOST_ATTEMPTS; made++) {
    const [choice] = choices
    if (choice === undefined) break
    const line = lineOf(dialect, calling.request, choice.candidate)
    const prepared = await preparedOr(calling, line, choice)
    if (isDenial(prepared)) {
      last = unsayable(last, prepared)
      choices = remaining(choices, last)
      continue
    }
    const attempt = new Attempt({ patienceMs: deps.settings.limits.keepAliveMs, framing: line.upstream.framing, ...expected(calling, line) })
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
      rested(cooldowns, choice)
      record.status = judged.opening.status
      const { limit, dropped } = prepared
      const clamped = limit?.announced === true ? limit : undefined
      return { ...judged, candidate: choice.candidate, attempt, record, startedAt, line, clamped, dropped }
    }
    attempt.abort()
    last = discreet(judged.failure, choice.candidate, calling.request.body)
    if (line.translated) last = inOwnWords(last)
    noteFailure(flow, choice, record, last)
    if (last.action === 'surface') break
    rest(deps, cooldowns, choice, last)
    choices = remaining(choices, last)
  }
  return { kind: 'failed', failure: last ?? nothingToTry() }
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
function expected({ request }: Calling, line: Line): { stream: boolean; collectBytes: number } {
  return { stream: request.stream, collectBytes: line.translated ? TRANSLATED_BYTES : COLLECTED_BYTES }
}

/** Another deployment may be able to; what an upstream really said weighs more than what this one could not be told. */
function unsayable(before: Failure | undefined, denial: Denial): Failure {
  const action = denial.code === 'request_invalid' ? 'fallback' : 'rotate'
  return before === undefined ? { action, denial, status: null } : { ...before, action }
}

/** What an upstream of another dialect said of a request is told in the caller's envelope, not in its own. */
function inOwnWords({ rejected, ...failure }: Failure): Failure {
  if (rejected === undefined) return failure
  const message = upstreamMessage(rejected.body)
  return { ...failure, denial: { ...failure.denial, detail: `The provider refused the request: ${message}` } }
}

function upstreamMessage(body: Buffer): string {
  const text = body.toString('utf8', 0, 64 * 1024)
  try {
    return errorMessage(JSON.parse(text) as unknown)
  } catch {
    return 'it gave no reason that can be read'
  }
}

function noteFailure(flow: Flow, { candidate }: Choice, record: AttemptRecord, failure: Failure): void {
  record.status = failure.status
  record.error = failure.denial.code
  note(flow, 'call', 'denied', {
    provider: candidate.provider.name,
    model: candidate.deployment.model,
    status: failure.status,
    code: failure.denial.code,
  })
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

function rested(cooldowns: Cooldowns, { candidate, key }: Choice): void {
  cooldowns.clear(deploymentName(candidate))
  if (key !== undefined) cooldowns.clear(keyName(candidate, key))
}

function rest(deps: GatewayDeps, cooldowns: Cooldowns, { candidate, key }: Choice, failure: Failure): void {
  restChoice(deps, cooldowns, candidate, failure.action === 'rotate' ? key : undefined, failure.retryAfterMs)
  deps.log.warn(
    { provider: candidate.provider.name, model: candidate.deployment.model, cause: failure.denial.operatorDetail },
    'an upstream failed',
  )
}

/** Tries a key, or a whole deployment, last for a while. */
export function restChoice(deps: GatewayDeps, cooldowns: Cooldowns, candidate: Candidate, key?: ProviderKey, ms = REST_MS): void {
  cooldowns.rest(key === undefined ? deploymentName(candidate) : keyName(candidate, key), deps.clock.now(), ms)
}

/** After `rotate` the next key; after `fallback` the next deployment, because another key would meet the same failure. */
function remaining(choices: Choice[], { action }: Failure): Choice[] {
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
