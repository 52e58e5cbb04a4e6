import type { ErrorStatuses } from '../canonical/vendor-errors.ts'

/** OpenAI's codes and types of errors ("Error codes"; API reference, `ResponseError`), and those that its dialect has elsewhere. */
export const OPENAI_ERROR_STATUSES: ErrorStatuses = {
  invalid_request_error: 400,
  invalid_prompt: 400,
  context_length_exceeded: 400,
  invalid_api_key: 401,
  authentication_error: 401,
  permission_error: 403,
  model_not_found: 404,
  not_found_error: 404,
  insufficient_quota: 429,
  rate_limit_exceeded: 429,
  rate_limit_error: 429,
  server_error: 500,
  api_error: 500,
  overloaded_error: 503,
}
