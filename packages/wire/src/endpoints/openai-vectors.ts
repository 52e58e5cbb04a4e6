import type { Buckets } from '@faregate/core'
import type { Embedding, EmbeddingAnswer } from '../canonical/embedding.ts'
import type { Unsupported } from '../canonical/unsupported.ts'
import { INPUT_BUCKETS, MISSING_USAGE, sumOf, type UsageReading } from '../canonical/usage.ts'
import type { AnswerReading, Encoded } from '../dialect.ts'
import { isObject, parseObject, type JsonObject } from '../json/object.ts'
import { Counts, split } from './counts.ts'
import type { EmbeddingFrame } from './embedding-dialect.ts'

/** Where an answer tells its usage. */
export const EMBEDDING_USAGE = { name: 'usage', read: readUsage }

/**
 * Usage of embeddings: `prompt_tokens`, of which some servers tell those of images; servers that rank or embed by other names
 * tell `total_tokens` alone. Nothing is generated, so all tokens are input.
 */
function readUsage(usage: unknown): UsageReading {
  if (!isObject(usage)) return MISSING_USAGE
  const counts = new Counts(usage)
  const input = counts.of('prompt_tokens') ?? counts.of('total_tokens')
  const images = counts.within('prompt_tokens_details', 'image_tokens')
  if (counts.fault !== undefined) return { ok: false, reason: counts.fault, raw: usage }
  if (input === undefined || input === 0) return { ok: false, reason: 'missing', raw: usage }
  const parts = split(input, images)
  if (parts === undefined) return { ok: false, reason: 'contradictory', raw: usage }
  return { ok: true, buckets: { input: parts.rest, ...(images === undefined ? {} : { imageIn: parts.part }) } }
}

/** The body of `POST /v1/embeddings`. What the vectors are for makes no difference to the models that are asked in it. */
export function encodeEmbedding({ inputs, dimensions, formats = [], truncate }: Embedding, model: string): Encoded {
  const unsupported: Unsupported[] = []
  const texts = inputs.map(({ parts }) => {
    const other = parts.find((part) => part.type !== 'text')
    if (other !== undefined) unsupported.push({ at: other.at, what: 'an image', why: 'the vendor embeds texts' })
    return parts.map((part) => (part.type === 'text' ? part.text : '')).join('\n')
  })
  for (const format of formats) if (format !== 'float') unsupported.push({ at: '/formats', what: `vectors as ${format}` })
  if (truncate === 'start' || truncate === 'end')
    unsupported.push({ at: '/truncate', what: 'to cut inputs that are too long', why: 'the vendor refuses them' })
  const body = { model, input: texts, encoding_format: 'float', ...(dimensions === undefined ? {} : { dimensions }) }
  return { body: Buffer.from(JSON.stringify(body)), unsupported }
}

/** The vectors of an answer, in the order of the inputs; undefined if it is none. */
export function decodeVectors(body: Buffer): EmbeddingAnswer | undefined {
  const answer = parseObject(body.toString('utf8'))
  if (answer === undefined || !Array.isArray(answer['data'])) return undefined
  const vectors = answer['data']
    .filter(isObject)
    .toSorted(byIndex)
    .map(({ embedding }) => embedding)
  const { model } = answer
  const shared = { ...(typeof model === 'string' ? { model } : {}), usage: readUsage(answer['usage']) }
  if (vectors.every(isNumbers)) return { ...shared, vectors: { float: vectors } }
  return vectors.every((vector) => typeof vector === 'string') ? { ...shared, vectors: { base64: vectors } } : undefined
}

/** What money needs of it: vectors are no output, so usage without output is true. */
export function readVectors(body: Buffer): AnswerReading | undefined {
  const answer = parseObject(body.toString('utf8'))
  if (answer === undefined || !Array.isArray(answer['data'])) return undefined
  return { usage: readUsage(answer['usage']), text: () => '', hasOutput: false }
}

/** An answer for a caller. */
export function encodeVectors({ vectors }: EmbeddingAnswer, { model }: EmbeddingFrame, buckets: Buckets): Buffer {
  const data = (vectors.base64 ?? vectors.float ?? []).map((embedding, index) => ({ object: 'embedding', index, embedding }))
  const tokens = sumOf(buckets, INPUT_BUCKETS)
  return Buffer.from(JSON.stringify({ object: 'list', data, model, usage: { prompt_tokens: tokens, total_tokens: tokens } }))
}

function byIndex(a: JsonObject, b: JsonObject): number {
  return Number(a['index'] ?? 0) - Number(b['index'] ?? 0)
}

function isNumbers(vector: unknown): vector is number[] {
  return Array.isArray(vector) && vector.every((value) => typeof value === 'number')
}
