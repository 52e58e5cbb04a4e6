import type { ProblemLike, StreamIds } from '../dialect.ts'
import { isObject } from '../json/object.ts'
import { sseEvent } from '../sse/write.ts'

/** Anthropic's own words (API reference, "Errors") by status; its SDKs take the class from the status. */
const TYPES: Record<number, string> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  410: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

const LONGEST = 500

/** The body of a refusal. Official SDKs offer `details` and, as `errorCode`, its member `error_code`. */
export function errorBody(problem: ProblemLike): Record<string, unknown> {
  const { status, error, detail, title, requestId, code } = problem
  const message = [error.message, detail, title].find((text) => text !== '')
  return {
    type: 'error',
    error: { type: typeOf(status), message: message ?? code, details: { ...problem, error_code: code } },
    request_id: requestId,
  }
}

/** A refusal in mid-stream; neither `message_delta` nor `message_stop` follows it. */
export function errorEvent(problem: ProblemLike, _ids: StreamIds): Buffer {
  return Buffer.from(sseEvent(errorBody(problem), 'error'))
}

/** The message of the vendor's own error, `{"type":"error","error":{"type","message"}}`. */
export function errorMessage(event: unknown): string {
  const error = isObject(event) ? event['error'] : undefined
  const message = isObject(error) ? error['message'] : error
  if (typeof message !== 'string' || message === '') return 'the upstream reported an error without a message'
  return message.length > LONGEST ? `${message.slice(0, LONGEST)}…` : message
}

function typeOf(status: number): string {
  return TYPES[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error')
}
