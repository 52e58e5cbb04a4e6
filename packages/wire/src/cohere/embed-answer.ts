import type { Buckets } from '@faregate/core'
import { Counts } from '../canonical/counts.ts'
import type { Embedding, EmbeddingAnswer, EmbeddingInput } from '../canonical/embedding.ts'
import { VECTOR_FORMATS } from '../canonical/embedding.ts'
import { urlOf } from '../canonical/media.ts'
import type { Unsupported } from '../canonical/unsupported.ts'
import { INPUT_BUCKETS, MISSING_USAGE, sumOf, type UsageReading } from '../canonical/usage.ts'
import type { AnswerReading, Encoded } from '../dialect.ts'
import { isObject, parseObject, type JsonObject } from '../json/object.ts'
import { mapPresent } from '../json/present.ts'
import { INPUT_TYPES } from './embed.ts'
import { idOf } from './encode-answer.ts'

/** The body of `POST /v2/embed` (API reference: Embed). What the vectors are for has to be said: documents, unless known. */
export function encodeCohereEmbed(embedding: Embedding, model: string): Encoded {
  const { inputs, dimensions, inputType, formats, truncate } = embedding
  const unsupported: Unsupported[] = []
  const word = INPUT_TYPES.find(([, type]) => type === (inputType ?? 'document'))?.[0]
  const body = {
    model,
    input_type: word,
    embedding_types: formats ?? ['float'],
    ...encodeInputs(inputs, unsupported),
    ...(dimensions === undefined ? {} : { output_dimension: dimensions }),
    ...(truncate === undefined ? {} : { truncate: truncate.toUpperCase() }),
  }
  return { body: Buffer.from(JSON.stringify(body)), unsupported }
}

/** Plain texts go as `texts`, which every model takes; `inputs` is for what has images. */
function encodeInputs(inputs: readonly EmbeddingInput[], unsupported: Unsupported[]): JsonObject {
  const texts = inputs.flatMap(({ parts }) => (parts.length === 1 && parts[0]?.type === 'text' ? [parts[0].text] : []))
  if (texts.length === inputs.length) return { texts }
  return { inputs: inputs.map(({ parts }) => ({ content: mapPresent(parts, (part) => encodePart(part, unsupported)) })) }
}

function encodePart(part: EmbeddingInput['parts'][number], unsupported: Unsupported[]): JsonObject | undefined {
  if (part.type === 'text') return { type: 'text', text: part.text }
  const url = part.source.kind === 'base64' ? urlOf(part.source) : undefined
  if (url !== undefined) return { type: 'image_url', image_url: { url } }
  unsupported.push({ at: part.at, what: 'an image', why: 'Cohere embeds images only by their bytes' })
  return undefined
}

/**
 * Usage in an answer's `meta`. Texts are billed by the token, images of newer models as well; older models bill by the
 * image (`images`), which no bucket counts: that usage counts as missing.
 */
export function readMeta(meta: unknown): UsageReading {
  const units = isObject(meta) ? meta['billed_units'] : undefined
  if (!isObject(units)) return MISSING_USAGE
  const counts = new Counts()
  const input = counts.of(units, 'input_tokens')
  const imageIn = counts.of(units, 'image_tokens')
  if (counts.fault !== undefined) return { ok: false, reason: counts.fault, raw: meta }
  if (input === undefined && imageIn === undefined) return { ok: false, reason: 'missing', raw: meta }
  return { ok: true, buckets: { ...(input === undefined ? {} : { input }), ...(imageIn === undefined ? {} : { imageIn }) } }
}

/** Where usage stands in an answer that is too large to collect. */
export const embedUsageMember = { name: 'meta', read: readMeta }

export function decodeCohereVectors(body: Buffer): EmbeddingAnswer | undefined {
  const answer = parseObject(body.toString('utf8'))
  if (answer === undefined || !isObject(answer['embeddings'])) return undefined
  const vectors: EmbeddingAnswer['vectors'] = {}
  for (const format of VECTOR_FORMATS) {
    const list = answer['embeddings'][format]
    if (Array.isArray(list)) vectors[format] = list as (number[] | string)[]
  }
  const { id } = answer
  return { ...(typeof id === 'string' ? { id } : {}), vectors, usage: readMeta(answer['meta']) }
}

/** What money needs of it: vectors are no output, so usage without output is true. */
export function readCohereVectors(body: Buffer): AnswerReading | undefined {
  const answer = decodeCohereVectors(body)
  return answer && { usage: answer.usage, text: () => '', hasOutput: false }
}

/** An answer of `POST /v2/embed` for a caller. */
export function encodeCohereVectors(answer: EmbeddingAnswer, frame: { requestId: string; embedding: Embedding }, buckets: Buckets): Buffer {
  const texts = frame.embedding.inputs.flatMap(({ parts }) => parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])))
  return Buffer.from(
    JSON.stringify({
      id: idOf(answer.id, frame.requestId),
      texts,
      embeddings: answer.vectors,
      meta: { api_version: { version: '2' }, billed_units: { input_tokens: sumOf(buckets, INPUT_BUCKETS) } },
      response_type: 'embeddings_by_type',
    }),
  )
}
