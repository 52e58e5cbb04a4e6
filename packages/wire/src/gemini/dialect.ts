import { sealingThoughts } from '../canonical/sealed-thought.ts'
import { namingTools } from '../canonical/tool-names.ts'
import type { Dialect } from '../dialect.ts'
import { decodeAnswer, readAnswer } from './answer.ts'
import { ARRAY_CHUNKS, SSE_CHUNKS } from './chunk-frames.ts'
import { encodeAnswer } from './encode-answer.ts'
import { encodeRequest } from './encode.ts'
import { errorBody, errorElement, errorEvent } from './errors.ts'
import { readRequest } from './request.ts'
import { GeminiStreamDecoder } from './stream-decoder.ts'
import { GeminiStreamEncoder } from './stream-encoder.ts'
import { streamReader } from './stream-reader.ts'
import { GEMINI_USAGE } from './usage.ts'

/** Google's `generateContent`; streams are server-sent events (`alt=sse`). */
export const gemini: Dialect = {
  name: 'gemini',
  framing: 'sse',
  streamType: 'text/event-stream; charset=utf-8',
  limitMember: 'generationConfig.maxOutputTokens',
  // Google's SDKs in Python and Go take a comment for a broken chunk; blank lines are nothing to all of them.
  keepAlive: Buffer.from('\n\n'),
  // It fetches addresses itself, but its older models none, and none whose type is not told.
  inlines: ['image'],
  // There is no terminal event: the finish reason is the end.
  missingEnd: Buffer.alloc(0),
  usageMember: GEMINI_USAGE,
  read: readRequest,
  // API reference, `FunctionDeclaration`; colons are taken by some of its hosts only.
  ...namingTools({ fits: /^[a-zA-Z_][\w.-]*$/, misfits: /[^\w.-]/gu, longest: 64 }, encodeRequest),
  readAnswer,
  decodeAnswer,
  ...sealingThoughts({ encodeAnswer, streamEncoder: (frame) => new GeminiStreamEncoder(frame, SSE_CHUNKS) }),
  streamReader,
  streamDecoder: (choices) => new GeminiStreamDecoder(choices),
  errorBody,
  errorEvent,
}

/** The same without `alt=sse`: a stream is one array of JSON, an element an event. */
export const geminiArray: Dialect = {
  ...gemini,
  framing: 'json-array',
  streamType: 'application/json; charset=utf-8',
  keepAlive: Buffer.from('\n'),
  ...sealingThoughts({ encodeAnswer, streamEncoder: (frame) => new GeminiStreamEncoder(frame, ARRAY_CHUNKS) }),
  errorEvent: errorElement,
}
