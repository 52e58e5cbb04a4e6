import type { ProblemLike, StreamIds } from '../dialect.ts'
import { sseEvent } from '../sse/write.ts'

/** The body of a refusal: Cohere's clients read `message` (API reference: Errors). */
export function errorBody(problem: ProblemLike): Record<string, unknown> {
  return { message: problem.detail, ...problem }
}

/**
 * A refusal in mid-stream, as Cohere ends an answer that failed: `message-end` with finish reason `ERROR` and the message
 * in `delta.error`. No `[DONE]` follows it: the answer is not complete.
 */
export function errorEvent(problem: ProblemLike, ids: StreamIds): Buffer {
  const event = {
    type: 'message-end',
    ...(ids.id === undefined ? {} : { id: ids.id }),
    delta: { finish_reason: 'ERROR', error: problem.detail },
    message: problem.detail,
    problem,
  }
  return Buffer.from(sseEvent(event, 'message-end'))
}
