import type { Buckets } from '@faregate/core'
import type { AnswerFrame, ModelRequest } from '@faregate/wire'
import type { Line } from './call/line.ts'
import type { Flow } from './flow.ts'

/** What an answer is wrapped in for the caller whose request was translated. */
export function frameOf(flow: Flow, request: ModelRequest): AnswerFrame {
  const decoded = flow.decoded ?? request.decode()
  if (!decoded.ok) throw new Error(`an answer to a request that cannot be translated: ${decoded.message}`)
  return {
    model: request.model,
    requestId: flow.id,
    created: Math.floor(flow.at / 1000),
    includeUsage: request.includeUsage,
    conversation: decoded.conversation,
  }
}

/** The body of a whole answer as the caller gets it: the very bytes where both sides speak alike. */
export function answerBody(flow: Flow, request: ModelRequest, line: Line, body: Buffer, buckets: Buckets): Buffer {
  if (!line.translated) return body
  const answer = line.upstream.decodeAnswer(body)
  if (answer === undefined) throw new Error('an answer that was read cannot be decoded')
  return line.caller.encodeAnswer(answer, frameOf(flow, request), buckets)
}
