import type { ProblemLike, StreamIds } from '../dialect.ts'
import { sseEvent } from '../sse/write.ts'
import type { NumberedIds } from './stream-reader.ts'

/** The body of a refusal is the problem itself: its `error` is OpenAI's envelope. */
export function errorBody(problem: ProblemLike): Record<string, unknown> {
  return problem
}

/**
 * The bytes of a refusal inside a stream, as OpenAI ends one that fails: an event `error`, at which its SDKs raise, with the
 * problem as `error`; then `response.failed` for clients that wait for the end of the response. Both are numbered on from
 * what was sent before, as far as that is known.
 */
export function errorEvent(problem: ProblemLike, ids: StreamIds): Buffer {
  const { sequence = -1 }: NumberedIds = ids
  const { error: envelope, ...rest } = problem
  const { code, message, param } = envelope
  // `code` and `type` in it are OpenAI's own words, which its SDKs offer; the refusal's code stands beside them.
  const told = { ...rest, ...envelope, denial: problem.code }
  const error = { type: 'error', sequence_number: sequence + 1, code: problem.code, message, param, error: told }
  const failed = {
    type: 'response.failed',
    sequence_number: sequence + 2,
    response: failedResponse(problem.requestId, ids, { code, message }),
  }
  return Buffer.from(sseEvent(error, error.type) + sseEvent(failed, failed.type))
}

/** What of a response is known where only its ids are: the members that the SDK's types ask for. */
function failedResponse(requestId: string, ids: StreamIds, error: { code: string; message: string }): Record<string, unknown> {
  return {
    id: ids.id ?? responseId(requestId),
    object: 'response',
    created_at: ids.created ?? 0,
    status: 'failed',
    error,
    incomplete_details: null,
    instructions: null,
    metadata: {},
    model: ids.model ?? '',
    output: [],
    parallel_tool_calls: true,
    temperature: null,
    tool_choice: 'auto',
    tools: [],
    top_p: null,
    usage: null,
  }
}

/** The id of a response that has none from its vendor. */
export function responseId(requestId: string): string {
  return `resp_${requestId.replace(/^req_/, '')}`
}
