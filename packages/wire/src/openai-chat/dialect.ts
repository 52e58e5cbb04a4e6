import { sealingThoughts } from '../canonical/sealed-thought.ts'
import { namingTools, PLAIN_NAMES } from '../canonical/tool-names.ts'
import type { Dialect } from '../dialect.ts'
import { readAnswer } from './answer.ts'
import { decodeAnswer } from './decode-answer.ts'
import { encodeAnswer } from './encode-answer.ts'
import { encodeRequest } from './encode.ts'
import { errorEvent } from './error-event.ts'
import { OPENAI_ERROR_STATUSES } from './error-statuses.ts'
import { CallMender } from './mend-calls.ts'
import { limitHeaders } from './limit-headers.ts'
import { readChatRequest } from './request.ts'
import { ChatStreamDecoder } from './stream-decoder.ts'
import { ChatStreamEncoder } from './stream-encoder.ts'
import { ChatStreamReader } from './stream.ts'
import { CHAT_USAGE } from './usage.ts'

/** OpenAI's chat completions, which many vendors speak. */
export const openaiChat: Dialect = {
  name: 'openai-chat',
  framing: 'sse',
  inlines: ['document', 'audio'],
  streamType: 'text/event-stream; charset=utf-8',
  keepAlive: Buffer.from(': keep-alive\n\n'),
  missingEnd: Buffer.from('data: [DONE]\n\n'),
  errorStatuses: OPENAI_ERROR_STATUSES,
  usageMember: CHAT_USAGE,
  limitHeaders,
  read: ({ body }) => readChatRequest(body),
  readAnswer,
  decodeAnswer,
  mender: () => new CallMender(),
  streamReader: (choices) => new ChatStreamReader(choices),
  streamDecoder: () => new ChatStreamDecoder(),
  // `reasoning_details` is not OpenAI's: most clients lose it.
  ...sealingThoughts({ encodeAnswer, streamEncoder: (frame) => new ChatStreamEncoder(frame) }),
  // API reference, "Create chat completion": `tools`.
  ...namingTools({ ...PLAIN_NAMES, longest: 64 }, encodeRequest),
  /** A problem carries OpenAI's envelope as its member `error`. */
  errorBody: (problem) => problem,
  errorEvent,
}
