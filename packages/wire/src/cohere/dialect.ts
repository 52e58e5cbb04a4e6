import { sealingThoughts } from '../canonical/sealed-thought.ts'
import { namingTools } from '../canonical/tool-names.ts'
import type { Dialect } from '../dialect.ts'
import { decodeCohereAnswer, readCohereAnswer } from './answer.ts'
import { encodeCohereAnswer } from './encode-answer.ts'
import { encodeCohereChat } from './encode.ts'
import { errorBody, errorEvent } from './errors.ts'
import { readCohereChat } from './request.ts'
import { CohereStreamDecoder, cohereStreamReader } from './stream-decoder.ts'
import { CohereStreamEncoder } from './stream-encoder.ts'
import { readUsage } from './usage.ts'

/** Cohere's chat, version 2: `POST /v2/chat` (API reference: Chat). */
export const cohere: Dialect = {
  name: 'cohere',
  framing: 'sse',
  inlines: ['document'],
  streamType: 'text/event-stream',
  limitMember: 'max_tokens',
  keepAlive: Buffer.from(': keep-alive\n\n'),
  // `message-end` is complete by itself; hosts that leave out `[DONE]` leave out nothing.
  missingEnd: Buffer.alloc(0),
  usageMember: { name: 'usage', read: readUsage },
  read: readCohereChat,
  // They "can only contain certain characters (A-Za-z0-9_) and can't begin with a digit" (API reference: Errors).
  ...namingTools({ fits: /^[A-Za-z_]\w*$/, misfits: /\W/gu, longest: 64 }, encodeCohereChat),
  readAnswer: readCohereAnswer,
  decodeAnswer: decodeCohereAnswer,
  ...sealingThoughts({ encodeAnswer: encodeCohereAnswer, streamEncoder: (frame) => new CohereStreamEncoder(frame) }),
  streamReader: cohereStreamReader,
  streamDecoder: () => new CohereStreamDecoder(),
  errorBody,
  errorEvent,
}
