import { readerOf } from '../canonical/reading.ts'
import { namingTools, PLAIN_NAMES } from '../canonical/tool-names.ts'
import type { StreamReader, UpstreamDialect } from '../dialect.ts'
import { decodeAnswer, readAnswer } from './answer.ts'
import { encodeRequest } from './encode.ts'
import { BedrockStreamDecoder } from './stream-decoder.ts'
import { ERROR_STATUSES } from './stream-error.ts'
import { readUsage } from './usage.ts'

/**
 * Converse and ConverseStream of Amazon Bedrock. Only upstreams speak it: callers of AWS's own SDKs sign their requests with
 * their own keys, and have no use for a gateway's.
 */
export const bedrock: UpstreamDialect = {
  name: 'bedrock',
  framing: 'event-stream',
  // No event is the last one: a stream that has told its stop reason is whole when it ends.
  missingEnd: Buffer.alloc(0),
  // Bytes, or a place in S3.
  inlines: ['image', 'document', 'audio', 'video'],
  errorStatuses: ERROR_STATUSES,
  usageMember: { name: 'usage', read: readUsage },
  // "ToolSpecification", Amazon Bedrock API reference.
  ...namingTools({ ...PLAIN_NAMES, longest: 64 }, encodeRequest),
  readAnswer,
  decodeAnswer,
  streamReader,
  streamDecoder: () => new BedrockStreamDecoder(),
}

/** From the stop reason on everything is the end: usage follows it. */
function streamReader(choices: number): StreamReader {
  const reader = readerOf(new BedrockStreamDecoder(), choices)
  return {
    get ids() {
      return reader.ids
    },
    read(event) {
      const step = reader.read(event)
      return step.finished ? { ...step, keepBack: true } : step
    },
  }
}
