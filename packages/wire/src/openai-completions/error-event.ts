import type { ProblemLike, StreamIds } from '../dialect.ts'
import { sseEvent } from '../sse/write.ts'

/** The bytes of a refusal inside a stream, as {@link openaiChat} has them, in the shape of this dialect. */
export function errorEvent(problem: ProblemLike, ids: StreamIds): Buffer {
  const error = { ...problem, message: problem['message'] ?? problem.detail }
  const chunk = {
    id: ids.id ?? `cmpl-${problem.requestId}`,
    object: 'text_completion',
    created: ids.created ?? 0,
    choices: [{ text: '', index: 0, logprobs: null, finish_reason: 'error' }],
    model: ids.model,
    error,
  }
  return Buffer.from(sseEvent(chunk) + sseEvent({ error }))
}
