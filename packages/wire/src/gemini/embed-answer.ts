import type { Buckets } from '@faregate/core'
import type { Embedding, EmbeddingAnswer, EmbeddingInput } from '../canonical/embedding.ts'
import type { Unsupported } from '../canonical/unsupported.ts'
import { MISSING_USAGE, type UsageReading } from '../canonical/usage.ts'
import type { AnswerReading, Encoded } from '../dialect.ts'
import { isObject, parseObject, type JsonObject } from '../json/object.ts'
import { TASKS } from './embed.ts'
import { mediaPart, whyNot } from './media.ts'
import { resourceName } from './path.ts'
import { readUsage, usageOf } from './usage.ts'

/** The body of `batchEmbedContents` (API reference, "Embeddings"): every request repeats model and settings. */
export function encodeEmbed({ inputs, dimensions, inputType, formats, truncate }: Embedding, model: string): Encoded {
  const unsupported: Unsupported[] = []
  const taskType = TASKS.find(([, type]) => type === inputType)?.[0]
  if (formats?.some((format) => format !== 'float' && format !== 'base64') === true)
    unsupported.push({ at: '/formats', what: 'vectors of anything but numbers' })
  if (truncate === 'none' || truncate === 'start') unsupported.push({ at: '/truncate', what: 'how long inputs are cut' })
  const requests = inputs.map((input) => ({
    model: resourceName(model),
    content: { parts: encodeParts(input, unsupported) },
    ...(taskType === undefined ? {} : { taskType }),
    ...(dimensions === undefined ? {} : { outputDimensionality: dimensions }),
  }))
  return { body: Buffer.from(JSON.stringify({ requests })), unsupported }
}

function encodeParts({ parts }: EmbeddingInput, unsupported: Unsupported[]): JsonObject[] {
  return parts.flatMap((part) => {
    if (part.type === 'text') return [{ text: part.text }]
    const media = mediaPart(part.source)
    if (media === undefined) unsupported.push({ at: part.at, what: 'an image', why: whyNot(part.source) })
    return media === undefined ? [] : [media]
  })
}

/**
 * The vectors of an answer of `embedContent` (`embedding`), of `batchEmbedContents` (`embeddings`) or of Vertex AI's `predict`
 * (`predictions`); undefined if it is none.
 */
export function decodeVectors(body: Buffer): EmbeddingAnswer | undefined {
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
  return { vectors: { float: vectors }, usage: isObject(usageMetadata) ? readUsage(usageMetadata) : countedUsage(found) }
}

/** What money needs of it: vectors are no output, so usage without output is true. */
export function readVectors(body: Buffer): AnswerReading | undefined {
  const answer = decodeVectors(body)
  return answer && { usage: answer.usage, text: () => '', hasOutput: false }
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
export function encodeVectors({ vectors }: EmbeddingAnswer, batch: boolean, buckets: Buckets): Buffer {
  const embeddings = (vectors.float ?? vectors.base64 ?? []).map((vector) => ({ values: numbersOf(vector) }))
  const prompt = usageOf(buckets)?.['promptTokenCount']
  const usage: JsonObject = prompt === undefined ? {} : { usageMetadata: { promptTokenCount: prompt } }
  return Buffer.from(JSON.stringify({ ...(batch ? { embeddings } : { embedding: embeddings[0] ?? { values: [] } }), ...usage }))
}

/** As numbers; base64 holds their bytes, four each, little-endian. */
function numbersOf(vector: number[] | string): number[] {
  if (typeof vector !== 'string') return vector
  const bytes = Buffer.from(vector, 'base64')
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, index) => bytes.readFloatLE(index * 4))
}
