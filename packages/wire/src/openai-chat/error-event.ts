import { sseEvent } from '../sse/write.ts'

/**
 * The bytes of a refusal inside a stream: a chunk that carries the problem as `error` (with `message`, which official
 * SDKs show) and ends its choice with finish reason `error`, then the problem by itself, as OpenAI tells it: some clients
 * look for `error` only where there are no choices. No `[DONE]` follows it: the answer is not complete.
 */
export function errorEvent(problem: Record<string, unknown>, ids: { id?: string; model: string; created?: number }): Buffer {
  const { requestId } = problem
  const error = { ...problem, message: problem['message'] ?? problem['detail'] ?? problem['title'] ?? 'the answer was cut off' }
  const chunk = {
    id: ids.id ?? `chatcmpl-${typeof requestId === 'string' ? requestId : 'error'}`,
    object: 'chat.completion.chunk',
    created: ids.created ?? 0,
    model: ids.model,
    choices: [{ index: 0, delta: {}, finish_reason: 'error' }],
    error,
  }
  return Buffer.from(sseEvent(chunk) + sseEvent({ error }))
}
