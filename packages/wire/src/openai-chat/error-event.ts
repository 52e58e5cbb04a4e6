/**
 * The bytes of a refusal inside a stream: one chunk that carries the problem as `error` (with `message`, which official
 * SDKs show) and ends its choice with finish reason `error`. No `[DONE]` follows it: the answer is not complete.
 */
export function errorEvent(problem: Record<string, unknown>, ids: { id?: string; model: string; created?: number }): Buffer {
  const { requestId } = problem
  const chunk = {
    id: ids.id ?? `chatcmpl-${typeof requestId === 'string' ? requestId : 'error'}`,
    object: 'chat.completion.chunk',
    created: ids.created ?? 0,
    model: ids.model,
    choices: [{ index: 0, delta: {}, finish_reason: 'error' }],
    error: { ...problem, message: problem['message'] ?? problem['detail'] ?? problem['title'] ?? 'the answer was cut off' },
  }
  return Buffer.from(`data: ${JSON.stringify(chunk)}\n\n`)
}
