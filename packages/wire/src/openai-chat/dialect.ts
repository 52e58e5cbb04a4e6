import type { Dialect } from '../dialect.ts'
import { readAnswer } from './answer.ts'
import { errorEvent } from './error-event.ts'
import { readChatRequest } from './request.ts'
import { ChatStreamReader } from './stream.ts'
import { CHAT_USAGE } from './usage.ts'

function notYet(): never {
  throw new Error('not yet')
}

/** OpenAI's chat completions. */
export const openaiChat: Dialect = {
  name: 'openai-chat',
  framing: 'sse',
  streamType: 'text/event-stream; charset=utf-8',
  keepAlive: Buffer.from(': keep-alive\n\n'),
  missingEnd: Buffer.from('data: [DONE]\n\n'),
  usageMember: CHAT_USAGE,
  read: ({ body }) => readChatRequest(body),
  readAnswer,
  streamReader: (choices) => new ChatStreamReader(choices),
  errorBody: (problem) => problem,
  errorEvent,
  encodeRequest: notYet,
  decodeAnswer: notYet,
  encodeAnswer: notYet,
  streamDecoder: notYet,
  streamEncoder: notYet,
}
