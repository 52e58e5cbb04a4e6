import type { JsonObject, Vendor, Violation } from '../types.ts'
import { madeUp } from '../answers/ids.ts'

/** An error as the vendor sends it. */
export interface VendorError {
  status: number
  headers: Record<string, string>
  body: JsonObject
}

/** The dialect of errors: Claude on Vertex answers in Anthropic's. */
type Family = Exclude<Vendor, 'azure' | 'compatible' | 'vertex'>

const FAMILY: Record<Vendor, Family> = {
  openai: 'openai',
  azure: 'openai',
  compatible: 'openai',
  deepseek: 'deepseek',
  anthropic: 'anthropic',
  gemini: 'gemini',
  vertex: 'gemini',
  mistral: 'mistral',
  cohere: 'cohere',
  ollama: 'ollama',
  bedrock: 'bedrock',
}

const OPENAI_TYPES: Record<number, string> = {
  401: 'invalid_request_error',
  403: 'insufficient_permissions',
  429: 'rate_limit_error',
  500: 'server_error',
  503: 'service_unavailable_error',
}

const ANTHROPIC_TYPES: Record<number, string> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  500: 'api_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

const GOOGLE_STATUSES: Record<number, string> = {
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
}

const BEDROCK_TYPES: Record<number, string> = {
  403: 'AccessDeniedException',
  404: 'ResourceNotFoundException',
  408: 'ModelTimeoutException',
  424: 'ModelErrorException',
  429: 'ThrottlingException',
  500: 'InternalServerException',
  503: 'ServiceUnavailableException',
}

const WRITERS: Record<Family, (status: number, violation: Violation) => Omit<VendorError, 'status'>> = {
  openai: (status, violation) => plain({ error: openaiError(status, violation) }),
  // DeepSeek always names a code, and never a member.
  deepseek: (status, violation) => {
    const error = openaiError(status, violation)
    return plain({ error: { ...error, param: null, code: violation.code ?? error['type'] } })
  },
  anthropic: (status, { message, type }) =>
    plain(
      {
        type: 'error',
        error: { type: type ?? ANTHROPIC_TYPES[status] ?? 'invalid_request_error', message },
        request_id: `req_011${madeUp(message, 21)}`,
      },
      { 'request-id': `req_011${madeUp(message, 21)}` },
    ),
  gemini: (status, { message, type, param }) => {
    const details =
      param === undefined
        ? {}
        : { details: [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field: param, description: message }] }] }
    return plain({ error: { code: status, message, status: type ?? GOOGLE_STATUSES[status] ?? 'INVALID_ARGUMENT', ...details } })
  },
  mistral: (status, violation) =>
    plain({
      object: 'error',
      message: status === 422 ? { detail: [JSON.parse(violation.message) as JsonObject] } : violation.message,
      type: violation.type ?? 'invalid_request_error',
      param: violation.param ?? null,
      code: violation.code ?? null,
      raw_status_code: status,
    }),
  cohere: (_status, { message }) => plain({ id: madeUp(message, 36).toLowerCase(), message }),
  ollama: (_status, { message }) => plain({ error: message }),
  bedrock: (status, { message, type }) =>
    plain({ message }, { 'x-amzn-errortype': type ?? BEDROCK_TYPES[status] ?? 'ValidationException' }),
}

/** What a vendor answers with when it refuses. */
export function vendorError(vendor: Vendor, violation: Violation, options: { claude?: boolean } = {}): VendorError {
  const status = violation.status ?? 400
  const family = options.claude === true ? 'anthropic' : FAMILY[vendor]
  return { status, ...WRITERS[family](status, violation) }
}

function openaiError(status: number, { message, type, param, code }: Violation): JsonObject {
  return { message, type: type ?? OPENAI_TYPES[status] ?? 'invalid_request_error', param: param ?? null, code: code ?? null }
}

function plain(body: JsonObject, headers: Record<string, string> = {}): Omit<VendorError, 'status'> {
  return { body, headers: { 'content-type': 'application/json', ...headers } }
}
