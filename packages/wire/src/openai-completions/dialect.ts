import type { Dialect } from '../dialect.ts'
import { openaiChat } from '../openai-chat/dialect.ts'
import { encodeAnswer } from './encode-answer.ts'
import { errorEvent } from './error-event.ts'
import { readCompletion } from './request.ts'
import { CompletionStreamEncoder } from './stream-encoder.ts'

/**
 * OpenAI's older completions: `POST /v1/completions`. They pass through to who has them; every other upstream is asked for a
 * chat, so nothing is encoded for this route. Answers are read as those of chats, which may hold `text`, too.
 */
export const openaiCompletions: Dialect = {
  ...openaiChat,
  name: 'openai-completions',
  limitMember: 'max_tokens',
  read: ({ body }) => readCompletion(body),
  encodeAnswer,
  streamEncoder: (frame) => new CompletionStreamEncoder(frame),
  errorEvent,
}
