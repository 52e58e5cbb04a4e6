import type { DialectName } from '../canonical/conversation.ts'
import { readerOf } from '../canonical/reading.ts'
import { sealingThoughts } from '../canonical/sealed-thought.ts'
import { MISSING_USAGE } from '../canonical/usage.ts'
import type { CallerDialect, Dialect } from '../dialect.ts'
import { decodeOllamaAnswer, readOllamaAnswer } from './answer.ts'
import { encodeOllamaAnswer } from './encode-answer.ts'
import { encodeOllamaChat } from './encode.ts'
import { errorBody, errorEvent } from './errors.ts'
import { LIMIT_MEMBER, readOllamaChat, readOllamaGenerate } from './request.ts'
import { CHAT_SHAPE, GENERATE_SHAPE, type Shape } from './shapes.ts'
import { OllamaStreamDecoder } from './stream-decoder.ts'
import { OllamaStreamEncoder } from './stream-encoder.ts'

/** Ollama's chat: `POST /api/chat` (documentation: API reference). What it reads of upstreams is of `/api/generate`, too. */
export const ollama: Dialect = {
  ...callerOf('ollama', CHAT_SHAPE, readOllamaChat),
  framing: 'ndjson',
  inlines: ['image', 'document'],
  // Usage is several members; so large an answer is not one of text, and is estimated.
  usageMember: { name: 'prompt_eval_count', read: () => MISSING_USAGE },
  encodeRequest: encodeOllamaChat,
  readAnswer: readOllamaAnswer,
  decodeAnswer: decodeOllamaAnswer,
  streamReader: (choices) => readerOf(new OllamaStreamDecoder(), choices),
  streamDecoder: () => new OllamaStreamDecoder(),
}

/**
 * Ollama's completions: `POST /api/generate`. They pass through to Ollama; every other upstream is asked the same in a
 * conversation, so nothing is encoded for this route.
 */
export const ollamaGenerate: Dialect = { ...ollama, ...callerOf('ollama-generate', GENERATE_SHAPE, readOllamaGenerate) }

function callerOf(name: DialectName, shape: Shape, read: CallerDialect['read']): CallerDialect {
  return {
    name,
    streamType: 'application/x-ndjson',
    limitMember: LIMIT_MEMBER,
    read,
    ...sealingThoughts({
      encodeAnswer: (answer, frame, buckets) => encodeOllamaAnswer(shape, answer, frame, buckets),
      streamEncoder: (frame) => new OllamaStreamEncoder(shape, frame),
    }),
    errorBody,
    errorEvent,
  }
}
