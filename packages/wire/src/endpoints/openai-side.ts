import type { CallerSide, ProblemLike } from '../dialect.ts'
import { limitHeaders } from '../openai-chat/limit-headers.ts'
import { sseEvent } from '../sse/write.ts'

/** What OpenAI's endpoints have in common towards callers: the envelope of refusals, and how streams are framed. */
export const OPENAI_CALLER = {
  streamType: 'text/event-stream; charset=utf-8',
  keepAlive: Buffer.from(': keep-alive\n\n'),
  /** A problem carries OpenAI's envelope as its member `error`. */
  errorBody: (problem: ProblemLike) => problem,
  errorEvent,
  limitHeaders,
} satisfies Partial<CallerSide>

/** A refusal inside a stream of events with types: official SDKs raise what an event `error` holds, and show its `message`. */
function errorEvent(problem: ProblemLike): Buffer {
  return Buffer.from(sseEvent({ type: 'error', error: { ...problem, message: problem.detail } }, 'error'))
}
