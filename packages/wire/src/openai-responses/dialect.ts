import { namingTools, PLAIN_NAMES } from '../canonical/tool-names.ts'
import type { Dialect } from '../dialect.ts'
import { OPENAI_ERROR_STATUSES } from '../openai-chat/error-statuses.ts'
import { limitHeaders } from '../openai-chat/limit-headers.ts'
import { decodeAnswer, readAnswer } from './answer.ts'
import { encodeAnswer } from './encode-answer.ts'
import { encodeRequest } from './encode.ts'
import { errorBody, errorEvent } from './errors.ts'
import { OUTPUT_LIMIT, readResponsesRequest } from './request.ts'
import { ResponsesStreamDecoder } from './stream-decoder.ts'
import { ResponsesStreamEncoder } from './stream-encoder.ts'
import { ResponsesStreamReader } from './stream-reader.ts'
import { readUsage } from './usage.ts'

/** OpenAI's Responses API: `POST /v1/responses`. */
export const openaiResponses: Dialect = {
  name: 'openai-responses',
  framing: 'sse',
  streamType: 'text/event-stream; charset=utf-8',
  limitMember: OUTPUT_LIMIT,
  keepAlive: Buffer.from(': keep-alive\n\n'),
  errorStatuses: OPENAI_ERROR_STATUSES,
  usageMember: { name: 'usage', read: readUsage },
  limitHeaders,
  read: readResponsesRequest,
  ...namingTools({ ...PLAIN_NAMES, longest: 64 }, encodeRequest),
  readAnswer,
  decodeAnswer,
  encodeAnswer,
  streamReader: () => new ResponsesStreamReader(),
  streamDecoder: () => new ResponsesStreamDecoder(),
  streamEncoder: (frame) => new ResponsesStreamEncoder(frame),
  errorBody,
  errorEvent,
}
