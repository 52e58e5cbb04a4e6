import type { Embedding } from '../canonical/embedding.ts'
import { cohere } from '../cohere/dialect.ts'
import { readCohereEmbed } from '../cohere/embed.ts'
import * as cohereVectors from '../cohere/embed-answer.ts'
import type { CallerRequest, ReadResult } from '../dialect.ts'
import { gemini } from '../gemini/dialect.ts'
import { readEmbed as readGeminiEmbed } from '../gemini/embed.ts'
import * as geminiVectors from '../gemini/embed-answer.ts'
import { GEMINI_USAGE } from '../gemini/usage.ts'
import { decodeBody } from '../input/body.ts'
import { isObject } from '../json/object.ts'
import { ollama } from '../ollama/dialect.ts'
import * as ollamaVectors from '../ollama/embed.ts'
import type { DecodedEmbedding, EmbeddingCaller, EmbeddingRequest, EmbeddingUpstream } from './embedding-dialect.ts'
import { envelopeOf } from './envelope.ts'
import { othersOf } from './others.ts'
import { WHOLE_ANSWERS } from './whole-answers.ts'

type ReadEmbedding = (call: CallerRequest) => ReadResult<EmbeddingRequest>

/** Cohere's vectors: `POST /v2/embed`. */
export const cohereEmbed: EmbeddingCaller & EmbeddingUpstream = {
  ...WHOLE_ANSWERS,
  ...envelopeOf(cohere),
  name: 'cohere-embed',
  usageMember: cohereVectors.embedUsageMember,
  read: told(readCohereEmbed, ['model', 'texts', 'images', 'inputs', 'input_type', 'embedding_types', 'output_dimension', 'truncate']),
  readAnswer: cohereVectors.readCohereVectors,
  encodeEmbedding: cohereVectors.encodeCohereEmbed,
  decodeVectors: cohereVectors.decodeCohereVectors,
  encodeVectors: cohereVectors.encodeCohereVectors,
}

const GEMINI_SHARED = {
  ...WHOLE_ANSWERS,
  ...envelopeOf(gemini),
  usageMember: GEMINI_USAGE,
  read: told(readGeminiEmbed, ['model', 'content', 'requests', 'taskType', 'task_type', 'outputDimensionality', 'output_dimensionality']),
  readAnswer: geminiVectors.readVectors,
}

/** Google's `embedContent`: one input, one vector. Upstreams of other callers are asked for a batch. */
export const geminiEmbed: EmbeddingCaller = {
  ...GEMINI_SHARED,
  name: 'gemini-embed',
  encodeVectors: (answer, _frame, buckets) => geminiVectors.encodeVectors(answer, false, buckets),
}

/** Google's `batchEmbedContents`. */
export const geminiBatchEmbed: EmbeddingCaller & EmbeddingUpstream = {
  ...GEMINI_SHARED,
  name: 'gemini-batch-embed',
  encodeEmbedding: geminiVectors.encodeEmbed,
  decodeVectors: geminiVectors.decodeVectors,
  encodeVectors: (answer, _frame, buckets) => geminiVectors.encodeVectors(answer, true, buckets),
}

/** Ollama's vectors: `POST /api/embed`. */
export const ollamaEmbed: EmbeddingCaller & EmbeddingUpstream = {
  ...WHOLE_ANSWERS,
  ...envelopeOf(ollama),
  name: 'ollama-embed',
  usageMember: ollamaVectors.embedUsageMember,
  read: told(ollamaVectors.readOllamaEmbed, ['model', 'input', 'prompt', 'dimensions', 'truncate']),
  readAnswer: ollamaVectors.readOllamaVectors,
  encodeEmbedding: ollamaVectors.encodeOllamaEmbed,
  decodeVectors: ollamaVectors.decodeOllamaVectors,
  encodeVectors: (answer, { model }, buckets) => ollamaVectors.encodeOllamaVectors(answer, { model, older: false }, buckets),
}

/** The older `POST /api/embeddings` with its one prompt. */
export const ollamaEmbeddings: EmbeddingCaller = {
  ...ollamaEmbed,
  older: true,
  encodeVectors: (answer, { model }, buckets) => ollamaVectors.encodeOllamaVectors(answer, { model, older: true }, buckets),
}

/** A reader that also tells which members of the body have no neutral form. */
function told(read: ReadEmbedding, understood: readonly string[]): ReadEmbedding {
  return (call) => {
    const result = read(call)
    if (!result.ok) return result
    const { request } = result
    return { ok: true, request: { ...request, wholeOnly: true, decodeEmbedding: () => withOthers(request, understood) } }
  }
}

function withOthers(request: EmbeddingRequest, understood: readonly string[]): DecodedEmbedding {
  const decoded = request.decodeEmbedding()
  if (!decoded.ok) return decoded
  const value: unknown = JSON.parse(decodeBody(request.body))
  const others: Embedding['others'] = othersOf(isObject(value) ? value : {}, understood)
  return { ok: true, embedding: { ...decoded.embedding, others } }
}
