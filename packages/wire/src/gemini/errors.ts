import type { ProblemLike, StreamIds } from '../dialect.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { sseEvent } from '../sse/write.ts'

/** Names of google.rpc.Code by HTTP status; what is not here goes by its hundred. */
const STATUS: Record<number, string> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  402: 'FAILED_PRECONDITION',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ABORTED',
  410: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  501: 'UNIMPLEMENTED',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
}

/** A stream that money has ended is refused under 200, its status long sent; official SDKs raise errors from 400 on only. */
const IN_A_STREAM = 402

/**
 * The body of a refusal (google.rpc.Status in JSON, as Google's API guide AIP-193 has it): the problem is the first of the
 * details; when the caller may come again stands beside it as Google's own tools read it.
 */
export function errorBody(problem: ProblemLike): { error: JsonObject } {
  const code = problem.status < 400 ? IN_A_STREAM : problem.status
  const { error: _openaisEnvelope, ...told } = problem
  const status = STATUS[code] ?? (code >= 500 ? 'INTERNAL' : 'INVALID_ARGUMENT')
  return { error: { code, message: problem.detail, status, details: [told, ...retryInfo(problem)] } }
}

/** A refusal inside a stream of server-sent events. */
export function errorEvent(problem: ProblemLike): Buffer {
  return Buffer.from(sseEvent(errorBody(problem)))
}

/** A refusal inside a stream that is a JSON array: its last element. `ids` are empty as long as nothing was sent. */
export function errorElement(problem: ProblemLike, ids: StreamIds): Buffer {
  return Buffer.from(`${ids.id === undefined ? '[' : ',\r\n'}${JSON.stringify(errorBody(problem))}]`)
}

function retryInfo({ retry }: ProblemLike): JsonObject[] {
  const seconds = isObject(retry) ? retry['afterSeconds'] : undefined
  return typeof seconds === 'number' ? [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${seconds}s` }] : []
}
