import type { Buckets } from '@faregate/core'
import { decodedEmbedding, inFormats, namesBack, type AnswerFrame, type EmbeddingFrame, type ModelRequest } from '@faregate/wire'
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

/** The body of a whole answer as the caller gets it: the very bytes where both sides speak alike, unless a client could not read them. */
export function answerBody(flow: Flow, request: ModelRequest, { translation, upstream }: Line, body: Buffer, buckets: Buckets): Buffer {
  if (translation === undefined) return upstream.mender?.().mend(body) ?? body
  if (translation.kind === 'embedding') {
    const frame = embeddingFrame(flow, request)
    const vectors = found(translation.upstream.decodeVectors(body))
    return translation.caller.encodeVectors(inFormats(vectors, frame.embedding.formats), frame, buckets)
  }
  if (translation.kind === 'count') return translation.caller.encodeCount(found(translation.upstream.decodeCount(body)))
  const frame = frameOf(flow, request)
  const answer = found(translation.upstream.decodeAnswer(body))
  const named = namesBack(frame.conversation, translation.upstream.toolNames)?.answer(answer) ?? answer
  return translation.caller.encodeAnswer(named, frame, buckets)
}

function embeddingFrame(flow: Flow, request: ModelRequest): EmbeddingFrame {
  const decoded = decodedEmbedding(request)
  if (!decoded.ok) throw new Error(`vectors for a request that cannot be translated: ${decoded.message}`)
  return { model: request.model, requestId: flow.id, embedding: decoded.embedding }
}

function found<Answer>(answer: Answer | undefined): Answer {
  if (answer === undefined) throw new Error('an answer that was read cannot be decoded')
  return answer
}
