import type { Buckets } from '@faregate/core'
import type { Embedding, EmbeddingAnswer } from '../canonical/embedding.ts'
import { invalid } from '../input/body.ts'
import type { CallerRequest, Encoded, EndpointDialect, Invalid, ModelRequest, ReadResult, UpstreamSide } from '../dialect.ts'

/** A request for vectors, which any vendor that makes vectors can be asked for. */
export interface EmbeddingRequest extends ModelRequest {
  decodeEmbedding(): DecodedEmbedding
}

export type DecodedEmbedding = { ok: true; embedding: Embedding } | Invalid

/** What callers speak who ask for vectors. */
export interface EmbeddingCaller extends EndpointDialect {
  /** An older form, in which no upstream is asked, not even one of the same vendor. */
  readonly older?: true
  read(call: CallerRequest): ReadResult<EmbeddingRequest>
  /** `answer` holds vectors in the formats that were asked for. */
  encodeVectors(answer: EmbeddingAnswer, frame: EmbeddingFrame, buckets: Buckets): Buffer
}

/** What upstreams speak that make vectors. */
export interface EmbeddingUpstream extends UpstreamSide {
  encodeEmbedding(embedding: Embedding, model: string): Encoded
  decodeVectors(body: Buffer): EmbeddingAnswer | undefined
}

/** What vectors are wrapped in for the caller. */
export interface EmbeddingFrame {
  /** The name that the caller used. */
  model: string
  requestId: string
  embedding: Embedding
}

/** What vectors are asked for; of a request on a route where they are. */
export function decodedEmbedding(request: ModelRequest): DecodedEmbedding {
  return isEmbedding(request) ? request.decodeEmbedding() : invalid('', 'no vectors are asked for')
}

function isEmbedding(request: ModelRequest): request is EmbeddingRequest {
  return 'decodeEmbedding' in request
}
