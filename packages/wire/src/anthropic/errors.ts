import type { ErrorStatuses } from '../canonical/vendor-errors.ts'
import type { ProblemLike, StreamIds } from '../dialect.ts'
import { sseEvent } from '../sse/write.ts'
import { threadCode } from './threads.ts'

/** Anthropic's own words for errors (API reference, "Errors") and the status of each; its SDKs take the class from the status. */
export const ERROR_STATUSES: ErrorStatuses = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
}

const TYPES = new Map<number, string>([
  ...Object.entries(ERROR_STATUSES).map(([type, status]): [number, string] => [status, type]),
  [410, 'not_found_error'],
])

/** The body of a refusal. Official SDKs offer `details` and, as `errorCode`, its member `error_code`. */
export function errorBody(problem: ProblemLike): Record<string, unknown> {
  const { status, error, detail, title, requestId, code } = problem
  const message = [error.message, detail, title].find((text) => text !== '')
  return {
    type: 'error',
    error: { type: typeOf(status), message: message ?? code, details: { ...problem, error_code: threadCode(problem) ?? code } },
    request_id: requestId,
  }
}

/** A refusal in mid-stream; neither `message_delta` nor `message_stop` follows it. */
export function errorEvent(problem: ProblemLike, _ids: StreamIds): Buffer {
  return Buffer.from(sseEvent(errorBody(problem), 'error'))
}

function typeOf(status: number): string {
  return TYPES.get(status) ?? (status >= 500 ? 'api_error' : 'invalid_request_error')
}
