import { errorStatus, type AnswerReading, type ModelRequest } from '@faregate/wire'
import type { Candidate } from '../locate.ts'
import type { Opening } from './attempt.ts'
import { notAnAnswer, readBroken, readFailure, type Failure } from './failure.ts'
import type { Line } from './line.ts'

export type OpeningOf<Kind> = Extract<Opening, { kind: Kind }>

/** What an opening is: the beginning of an answer, or a failure. */
export type Judged =
  | { kind: 'answer'; opening: OpeningOf<'answer'>; read: AnswerReading }
  | { kind: 'large'; opening: OpeningOf<'large'> }
  | { kind: 'stream'; opening: OpeningOf<'stream'> }
  | { kind: 'failed'; failure: Failure }

/** Whether what came is the beginning of an answer. */
export function judge(candidate: Candidate, line: Line, request: ModelRequest, opening: Opening): Judged {
  switch (opening.kind) {
    case 'failed':
      return { kind: 'failed', failure: readFailure(candidate, opening.failure, opening.raw) }
    case 'broken':
      return { kind: 'failed', failure: readBroken(candidate, opening.error) }
    case 'large':
      return judgeLarge(candidate, line, request, opening)
    case 'answer':
      return judgeAnswer(candidate, line, request, opening)
    case 'stream':
      return judgeStream(candidate, line, request, opening)
  }
}

/** Only its beginning can be judged: what does not begin as a JSON object is a web page or the like. */
function judgeLarge(candidate: Candidate, line: Line, request: ModelRequest, opening: OpeningOf<'large'>): Judged {
  if (request.stream && request.wholeToo !== true) return noStream(candidate, opening.status)
  if (line.upstream.bytes !== undefined) return judgeBytes(candidate, line.upstream.bytes, opening)
  if (line.translation !== undefined)
    return { kind: 'failed', failure: notAnAnswer(candidate, opening.status, `more than ${opening.head.length} bytes to translate`) }
  if (opening.head.toString('utf8', 0, 200).trimStart().startsWith('{')) return { kind: 'large', opening }
  return { kind: 'failed', failure: notACompletion(candidate, opening, opening.head) }
}

/** What is no JSON is told by its type. */
function judgeBytes(candidate: Candidate, bytes: RegExp, opening: OpeningOf<'large'>): Judged {
  if (bytes.test(String(opening.headers['content-type'] ?? ''))) return { kind: 'large', opening }
  return { kind: 'failed', failure: notACompletion(candidate, opening, opening.head) }
}

/** Told by its kind and size alone: what is in it may be what a model wrote. */
function notACompletion(candidate: Candidate, { status, headers }: OpeningOf<'answer' | 'large'>, body: Buffer): Failure {
  const markup = /^\s*(<[!?]?[a-z]+)/i.exec(body.toString('utf8', 0, 200))?.[1]
  const begins = markup === undefined ? '' : `, it begins with ${markup}`
  return notAnAnswer(
    candidate,
    status,
    `no answer of a model: ${String(headers['content-type'] ?? 'no type')}, ${body.length} bytes or more${begins}`,
  )
}

function judgeAnswer(candidate: Candidate, line: Line, request: ModelRequest, opening: OpeningOf<'answer'>): Judged {
  const read = line.upstream.readAnswer(opening.body)
  if (read === undefined) return { kind: 'failed', failure: noCompletion(candidate, line, opening) }
  if (read.error !== undefined && !read.hasOutput)
    return { kind: 'failed', failure: errorInside(candidate, line, read.error, opening.body) }
  return request.stream && request.wholeToo !== true ? noStream(candidate, opening.status) : { kind: 'answer', opening, read }
}

/** Only a first slice is held for a stream: a whole answer in its place is not covered. */
function noStream(candidate: Candidate, status: number): Judged {
  return { kind: 'failed', failure: notAnAnswer(candidate, status, 'JSON where a stream was asked for') }
}

/** An error object under a success status, HTML, or JSON that was cut off. */
function noCompletion(candidate: Candidate, line: Line, opening: OpeningOf<'answer'>): Failure {
  const error = errorMember(opening.body)
  return error === undefined ? notACompletion(candidate, opening, opening.body) : errorInside(candidate, line, error, opening.body)
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
function judgeStream(candidate: Candidate, line: Line, request: ModelRequest, opening: OpeningOf<'stream'>): Judged {
  if (!request.stream) return { kind: 'failed', failure: notAnAnswer(candidate, opening.status, 'a stream where none was asked for') }
  const first = opening.events.find(({ data }) => data !== undefined)
  const step = first === undefined ? undefined : line.upstream.streamReader(request.n).read(first)
  if (step?.kind === 'error')
    return { kind: 'failed', failure: errorInside(candidate, line, step.error?.raw, Buffer.from(first?.data ?? '')) }
  return { kind: 'stream', opening }
}

/** An error under status 200 is read by the status that it stands for (E3). */
function errorInside(candidate: Candidate, { upstream }: Line, error: unknown, raw: Buffer): Failure {
  const status = errorStatus(error, upstream.errorStatuses) ?? 502
  const failure = readFailure(candidate, { status, headers: {}, body: raw.toString('utf8', 0, 64 * 1024) }, raw)
  return failure.rejected === undefined ? failure : { ...failure, rejected: { ...failure.rejected, status } }
}
