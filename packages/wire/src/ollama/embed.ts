import type { Buckets } from '@faregate/core'
import { Counts } from '../canonical/counts.ts'
import type { Embedding, EmbeddingAnswer, EmbeddingInput } from '../canonical/embedding.ts'
import type { Unsupported } from '../canonical/unsupported.ts'
import { INPUT_BUCKETS, MISSING_USAGE, sumOf, type UsageReading } from '../canonical/usage.ts'
import type { EmbedRequest } from '../cohere/embed.ts'
import type { AnswerReading, CallerRequest, Encoded, Invalid, ReadResult } from '../dialect.ts'
import { jsonRequest } from '../endpoints/json-request.ts'
import { decodeBody, invalid, readJsonBody } from '../input/body.ts'
import { inputBounds } from '../input/bounds.ts'
import { Fields } from '../input/fields.ts'
import { firstFault, MODEL } from '../input/validate.ts'
import { parseObject, type JsonObject } from '../json/object.ts'
import { present } from '../json/present.ts'

const BILLED = { own: new Set(['model', 'input', 'prompt']) }

/** An input is wrapped in a few tokens of its own. */
const TOKENS_PER_INPUT = 16

/**
 * Reads and checks the body of `POST /api/embed` (documentation: API reference, Generate embeddings), or of the older
 * `POST /api/embeddings`, which takes one `prompt`. It generates nothing: there are no choices.
 */
export function readOllamaEmbed({ body }: Pick<CallerRequest, 'body'>): ReadResult<EmbedRequest> {
  const read = readJsonBody(body, BILLED, '{"model": …, "input": …}')
  if (!read.ok) return read
  const { value } = read
  const problem = firstFault(value, [['model', MODEL]])
  if (problem !== undefined) return problem
  const inputs = inputsOf(value)
  if (inputs === undefined) return invalid('/input', 'there is nothing to embed: `input` is a string, or an array of strings')
  const model = value['model'] as string
  const text = inputs.reduce((sum, input) => sum + Buffer.byteLength(input) + TOKENS_PER_INPUT, 0)
  return {
    ok: true,
    request: {
      ...jsonRequest('ollama-embed', body, read, {
        model,
        ...inputBounds(text, [], model),
        inputText: () => (inputsOf(JSON.parse(decodeBody(body)) as JsonObject) ?? []).join('\n'),
        decode: () => invalid('', 'this is no conversation: texts that are embedded are not answered'),
      }),
      decodeEmbedding: () => decodeEmbedding(value, inputs),
    },
  }
}

function inputsOf({ input, prompt }: JsonObject): string[] | undefined {
  const told = input ?? prompt
  if (typeof told === 'string') return [told]
  return Array.isArray(told) && told.length > 0 && told.every((item) => typeof item === 'string') ? told : undefined
}

function decodeEmbedding(value: JsonObject, texts: string[]): { ok: true; embedding: Embedding } | Invalid {
  const fields = new Fields()
  const name = value['input'] == null ? '/prompt' : '/input'
  const inputs = texts.map((text, index): EmbeddingInput => {
    const at = Array.isArray(value['input']) ? `${name}/${index}` : name
    return { parts: [{ type: 'text', text, at }], at }
  })
  const truncate = fields.boolean(value, 'truncate', '')
  const embedding: Embedding = {
    inputs,
    ...present({
      dimensions: fields.number(value, 'dimensions', ''),
      truncate: truncate === undefined ? undefined : truncate ? ('end' as const) : ('none' as const),
    }),
  }
  return fields.fault ?? { ok: true, embedding }
}

/** The body of `POST /api/embed`. Ollama knows one form of vectors, and not what they are for. */
export function encodeOllamaEmbed(embedding: Embedding, model: string): Encoded {
  const { inputs, dimensions, inputType, formats = [], truncate } = embedding
  const unsupported: Unsupported[] = []
  const input = inputs.map(({ parts }) => parts.flatMap((part) => textOf(part, unsupported)).join('\n'))
  if (inputType !== undefined) unsupported.push({ at: '/inputType', what: 'what the vectors are for' })
  for (const format of formats) if (format !== 'float') unsupported.push({ at: '/formats', what: `vectors as ${format}` })
  if (truncate === 'start') unsupported.push({ at: '/truncate', what: 'to cut inputs at their start' })
  const cuts = truncate === undefined || truncate === 'start' ? undefined : truncate === 'end'
  return { body: Buffer.from(JSON.stringify({ model, input, ...present({ dimensions, truncate: cuts }) })), unsupported }
}

function textOf(part: EmbeddingInput['parts'][number], unsupported: Unsupported[]): string[] {
  if (part.type === 'text') return [part.text]
  unsupported.push({ at: part.at, what: 'an image', why: 'Ollama embeds texts' })
  return []
}

/** The vectors of either route; the older one tells no usage. */
export function decodeOllamaVectors(body: Buffer): EmbeddingAnswer | undefined {
  const answer = parseObject(body.toString('utf8'))
  if (answer === undefined) return undefined
  const { embeddings, embedding, model } = answer
  const float = Array.isArray(embeddings) ? (embeddings as number[][]) : Array.isArray(embedding) ? [embedding as number[]] : undefined
  return float && { ...(typeof model === 'string' ? { model } : {}), vectors: { float }, usage: readCount(answer['prompt_eval_count']) }
}

/** Where usage stands in an answer that is too large to collect. */
export const embedUsageMember = { name: 'prompt_eval_count', read: readCount }

function readCount(count: unknown): UsageReading {
  const counts = new Counts()
  const input = counts.of(count)
  if (counts.fault !== undefined) return { ok: false, reason: counts.fault, raw: count }
  return input === undefined || input === 0 ? MISSING_USAGE : { ok: true, buckets: { input } }
}

/** What money needs of it: vectors are no output, so usage without output is true. */
export function readOllamaVectors(body: Buffer): AnswerReading | undefined {
  const answer = decodeOllamaVectors(body)
  return answer && { usage: answer.usage, text: () => '', hasOutput: false }
}

/** An answer for a caller; `older`: of `/api/embeddings`. */
export function encodeOllamaVectors(answer: EmbeddingAnswer, frame: { model: string; older: boolean }, buckets: Buckets): Buffer {
  const vectors = answer.vectors.float ?? []
  const whole = { model: frame.model, embeddings: vectors, prompt_eval_count: sumOf(buckets, INPUT_BUCKETS) }
  return Buffer.from(JSON.stringify(frame.older ? { embedding: vectors[0] ?? [] } : whole))
}
