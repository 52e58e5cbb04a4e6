import { performance } from 'node:perf_hooks'
import type { ProviderKey } from '@faregate/core'
import { ChatStreamReader, readAnswer, type AnswerReading, type ChatRequest } from '@faregate/wire'
import type { GatewayDeps } from '../deps.ts'
import { note, type Flow } from '../flow.ts'
import type { Candidate, Route } from '../locate.ts'
import type { AttemptRecord } from '../record.ts'
import type { Reservation } from '../reserve.ts'
import { Attempt, type Opening } from './attempt.ts'
import { discreet } from './discreet.ts'
import { notAnAnswer, readBroken, readFailure, type Failure } from './failure.ts'
import { deploymentName, keyName, orderOf, type Choice, type Cooldowns } from './order.ts'
import { limitToWrite, send } from './send.ts'

/** More attempts than this are not made for one request. */
const MOST_ATTEMPTS = 4
/** How long a deployment or key that failed is tried last, unless the upstream said how long. */
const REST_MS = 10_000

type OpeningOf<Kind> = Extract<Opening, { kind: Kind }>

/** An upstream that serves: what came of it so far, and its place in the record. */
interface Serving {
  candidate: Candidate
  attempt: Attempt
  record: AttemptRecord
  /** On the monotonic clock. */
  startedAt: number
  clamped: { member: string; value: number } | undefined
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
  cooldowns: Cooldowns,
  flow: Flow,
  route: Route,
  request: ChatRequest,
  reservation: Reservation,
): Promise<Called> {
  let choices = orderOf(route.candidates, cooldowns, deps.random, deps.clock.now())
  let last: Failure | undefined
  let current: Attempt | undefined
  flow.outbound.onGone(() => current?.cancel())
  for (let made = 0; made < MOST_ATTEMPTS; made++) {
    const [choice] = choices
    if (choice === undefined) break
    const limit = limitToWrite(route, request, reservation, choice)
    const attempt = new Attempt(deps.settings.limits.keepAliveMs)
    current = attempt
    const startedAt = performance.now()
    attempt.start((sink) => send(deps, request, choice, limit, sink))
    const opening = await attempt.opened
    const record = recordOf(choice, startedAt)
    flow.attempts.push(record)
    if (flow.outbound.closed) {
      attempt.abort()
      record.outcome = 'aborted'
      return { kind: 'gone' }
    }
    const judged = judge(choice.candidate, request, opening)
    if (judged.kind !== 'failed') {
      current = undefined
      rested(cooldowns, choice)
      record.status = judged.opening.status
      return { ...judged, candidate: choice.candidate, attempt, record, startedAt, clamped: limit?.announced === true ? limit : undefined }
    }
    attempt.abort()
    last = discreet(judged.failure, choice.candidate, request.body)
    record.status = last.status
    record.error = last.denial.code
    note(flow, 'call', 'denied', {
      provider: choice.candidate.provider.name,
      model: choice.candidate.deployment.model,
      status: last.status,
      code: last.denial.code,
    })
    if (last.action === 'surface') break
    rest(deps, cooldowns, choice, last)
    choices = remaining(choices, last)
  }
  return { kind: 'failed', failure: last ?? nothingToTry() }
}

type Judged =
  | { kind: 'answer'; opening: OpeningOf<'answer'>; read: AnswerReading }
  | { kind: 'large'; opening: OpeningOf<'large'> }
  | { kind: 'stream'; opening: OpeningOf<'stream'> }
  | { kind: 'failed'; failure: Failure }

/** Whether what came is the beginning of an answer. */
function judge(candidate: Candidate, request: ChatRequest, opening: Opening): Judged {
  switch (opening.kind) {
    case 'failed':
      return { kind: 'failed', failure: readFailure(candidate, opening.failure, opening.raw) }
    case 'broken':
      return { kind: 'failed', failure: readBroken(candidate, opening.error) }
    case 'large':
      return judgeLarge(candidate, request, opening)
    case 'answer':
      return judgeAnswer(candidate, request, opening)
    case 'stream':
      return judgeStream(candidate, request, opening)
  }
}

/** Only its beginning can be judged: what does not begin as a JSON object is a web page or the like. */
function judgeLarge(candidate: Candidate, request: ChatRequest, opening: OpeningOf<'large'>): Judged {
  if (request.stream) return noStream(candidate, opening.status)
  if (opening.head.toString('utf8', 0, 200).trimStart().startsWith('{')) return { kind: 'large', opening }
  return { kind: 'failed', failure: notACompletion(candidate, opening, opening.head) }
}

/** Told by its kind and size alone: what is in it may be what a model wrote. */
function notACompletion(candidate: Candidate, { status, headers }: OpeningOf<'answer' | 'large'>, body: Buffer): Failure {
  const markup = /^\s*(<[!?]?[a-z]+)/i.exec(body.toString('utf8', 0, 200))?.[1]
  const begins = markup === undefined ? '' : `, it begins with ${markup}`
  return notAnAnswer(
    candidate,
    status,
    `no chat completion: ${String(headers['content-type'] ?? 'no type')}, ${body.length} bytes or more${begins}`,
  )
}

function judgeAnswer(candidate: Candidate, request: ChatRequest, opening: OpeningOf<'answer'>): Judged {
  const read = readAnswer(opening.body)
  if (read === undefined) return { kind: 'failed', failure: noCompletion(candidate, opening) }
  if (read.error !== undefined && !read.hasOutput) return { kind: 'failed', failure: errorInside(candidate, read.error, opening.body) }
  return request.stream ? noStream(candidate, opening.status) : { kind: 'answer', opening, read }
}

/** Only a first slice is held for a stream: a whole answer in its place is not covered. */
function noStream(candidate: Candidate, status: number): Judged {
  return { kind: 'failed', failure: notAnAnswer(candidate, status, 'JSON where a stream was asked for') }
}

/** An error object under a success status, HTML, or JSON that was cut off. */
function noCompletion(candidate: Candidate, opening: OpeningOf<'answer'>): Failure {
  const error = errorMember(opening.body)
  return error === undefined ? notACompletion(candidate, opening, opening.body) : errorInside(candidate, error, opening.body)
}

function errorMember(body: Buffer): unknown {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    return typeof value === 'object' && value !== null && 'error' in value ? (value.error ?? undefined) : undefined
  } catch {
    return undefined
  }
}

/** An error as the first event is a failure before the first byte: another deployment may still serve. */
function judgeStream(candidate: Candidate, request: ChatRequest, opening: OpeningOf<'stream'>): Judged {
  if (!request.stream) return { kind: 'failed', failure: notAnAnswer(candidate, opening.status, 'a stream where none was asked for') }
  const first = opening.events.find(({ data }) => data !== undefined)
  const step = first === undefined ? undefined : new ChatStreamReader(request.n).read(first)
  if (step?.kind === 'error') return { kind: 'failed', failure: errorInside(candidate, step.error?.raw, Buffer.from(first?.data ?? '')) }
  return { kind: 'stream', opening }
}

/** An error body under status 200 is read by the status that it names itself. */
function errorInside(candidate: Candidate, error: unknown, raw: Buffer): Failure {
  const code = typeof error === 'object' && error !== null && 'code' in error ? Number(error.code) : Number.NaN
  const status = Number.isInteger(code) && code >= 400 && code <= 599 ? code : 502
  const failure = readFailure(candidate, { status, headers: {}, body: raw.toString('utf8', 0, 64 * 1024) }, raw)
  return failure.rejected === undefined ? failure : { ...failure, rejected: { ...failure.rejected, status } }
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
