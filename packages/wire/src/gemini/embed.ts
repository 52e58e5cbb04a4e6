import type { Buckets } from '@faregate/core'
import { MISSING_USAGE, type UsageReading } from '../canonical/usage.ts'
import { isObject, parseObject, type JsonObject } from '../json/object.ts'
import { resourceName } from './path.ts'
import { readUsage, usageOf } from './usage.ts'

/** Embeddings that are asked for, neutral between dialects. */
export interface EmbedInput {
  inputs: string[]
  /** Of each vector. */
  dimensions?: number
  /** What they are for, in Google's words: `RETRIEVAL_QUERY`, `SEMANTIC_SIMILARITY`, … */
  taskType?: string
}

/** One vector for each input, in order, and what that used. */
export interface Embeddings {
  vectors: number[][]
  usage: UsageReading
}

/** The body of `batchEmbedContents` (API reference, "Embeddings"): every request repeats the model. */
export function encodeEmbedRequest({ inputs, dimensions, taskType }: EmbedInput, model: string): Buffer {
  const requests = inputs.map((text) => ({
    model: resourceName(model),
    content: { parts: [{ text }] },
    ...(taskType === undefined ? {} : { taskType }),
    ...(dimensions === undefined ? {} : { outputDimensionality: dimensions }),
  }))
  return Buffer.from(JSON.stringify({ requests }))
}

/**
 * The answer of `embedContent` (`embedding`), of `batchEmbedContents` (`embeddings`) or of Vertex AI's `predict`
 * (`predictions`); undefined if it is none.
 */
export function decodeEmbeddings(body: Buffer): Embeddings | undefined {
  const answer = parseObject(body.toString('utf8'))
  if (answer === undefined) return undefined
  const { embedding, embeddings, predictions, usageMetadata } = answer
  const found: unknown[] = Array.isArray(predictions)
    ? predictions.map((prediction) => (isObject(prediction) ? prediction['embeddings'] : undefined))
    : Array.isArray(embeddings)
      ? embeddings
      : [embedding]
  const vectors = found.map((one) => (isObject(one) ? one['values'] : undefined))
  if (!vectors.every(isVector)) return undefined
  return { vectors, usage: isObject(usageMetadata) ? readUsage(usageMetadata) : countedUsage(found) }
}

function isVector(values: unknown): values is number[] {
  return Array.isArray(values) && values.every((value) => typeof value === 'number')
}

/** Vertex AI counts each input by itself (`statistics`). */
function countedUsage(embeddings: unknown[]): UsageReading {
  const counts = embeddings.map((one) => {
    const statistics = isObject(one) ? one['statistics'] : undefined
    return isObject(statistics) ? (statistics['token_count'] ?? statistics['tokenCount']) : undefined
  })
  if (!counts.every((count) => typeof count === 'number')) return MISSING_USAGE
  return readUsage({ promptTokenCount: counts.reduce((sum, count) => sum + count, 0) })
}

/** An answer for a caller of `batchEmbedContents`, or of `embedContent`, which has one input. */
export function encodeEmbeddings(vectors: readonly number[][], batch: boolean, buckets: Buckets): Buffer {
  const embeddings = vectors.map((values) => ({ values }))
  const prompt = usageOf(buckets)?.['promptTokenCount']
  const usage: JsonObject = prompt === undefined ? {} : { usageMetadata: { promptTokenCount: prompt } }
  return Buffer.from(JSON.stringify({ ...(batch ? { embeddings } : { embedding: embeddings[0] ?? { values: [] } }), ...usage }))
}
