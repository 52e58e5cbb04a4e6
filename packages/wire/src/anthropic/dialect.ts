import { readerOf } from '../canonical/reading.ts'
import { namingTools, PLAIN_NAMES } from '../canonical/tool-names.ts'
import type { Dialect } from '../dialect.ts'
import { decodeAnswer, encodeAnswer, readAnswer } from './answer.ts'
import { encodeRequest } from './encode.ts'
import { ERROR_STATUSES, errorBody, errorEvent } from './errors.ts'
import { limitHeaders } from './limit-headers.ts'
import { readMessages } from './request.ts'
import { MessageStreamDecoder } from './stream-decoder.ts'
import { MessageStreamEncoder } from './stream-encoder.ts'
import { MESSAGES_USAGE } from './usage.ts'

/** Anthropic's Messages API, `POST /v1/messages`. */
export const anthropic: Dialect = {
  name: 'anthropic',
  framing: 'sse',
  streamType: 'text/event-stream; charset=utf-8',
  requestIdHeader: 'request-id',
  limitMember: 'max_tokens',
  keepAlive: Buffer.from('event: ping\ndata: {"type": "ping"}\n\n'),
  needsLimit: true,
  missingEnd: Buffer.from('event: message_stop\ndata: {"type":"message_stop"}\n\n'),
  errorStatuses: ERROR_STATUSES,
  usageMember: MESSAGES_USAGE,
  limitHeaders,
  read: readMessages,
  // Guide "Define tools".
  ...namingTools({ ...PLAIN_NAMES, longest: 128 }, encodeRequest),
  readAnswer,
  decodeAnswer,
  encodeAnswer,
  streamReader: (choices) => readerOf(new MessageStreamDecoder(), choices),
  streamDecoder: () => new MessageStreamDecoder(),
  streamEncoder: (frame) => new MessageStreamEncoder(frame),
  errorBody,
  errorEvent,
}
