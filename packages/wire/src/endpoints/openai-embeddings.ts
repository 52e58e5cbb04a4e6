import type { EmbeddingInput, VectorFormat } from '../canonical/embedding.ts'
import type { CallerRequest, ReadResult } from '../dialect.ts'
import { invalid, readJsonBody } from '../input/body.ts'
import type { JsonObject } from '../json/object.ts'
import { present } from '../json/present.ts'
import { complaint } from '../input/complaint.ts'
import { firstFault, integerWithin, MODEL, optional, type MemberChecks } from '../input/validate.ts'
import type { DecodedEmbedding, EmbeddingCaller, EmbeddingRequest, EmbeddingUpstream } from './embedding-dialect.ts'
import { jsonRequest } from './json-request.ts'
import { decodeVectors, EMBEDDING_USAGE, encodeEmbedding, encodeVectors, readVectors } from './openai-vectors.ts'
import { OPENAI_CALLER } from './openai-side.ts'
import { othersOf } from './others.ts'
import { WHOLE_ANSWERS } from './whole-answers.ts'

const BILLED = { own: new Set(['model', 'input']) }

/** An input is wrapped in a few tokens of its own. */
const TOKENS_PER_INPUT = 8

const LARGEST_SIZE = 1_000_000

const INPUTS = 'a string, an array of strings, an array of token ids or an array of such arrays'

const CHECKS: MemberChecks = [
  ['model', MODEL],
  ['dimensions', optional((value) => integerWithin(1, LARGEST_SIZE, value))],
  ['encoding_format', optional((value) => (value === 'float' || value === 'base64' ? undefined : '"float" or "base64"'))],
]

/** A text that is one token for every tokenizer: it stands for a token that is known by its id only. */
const ONE_TOKEN = ' a'

/** OpenAI's embeddings: `POST /v1/embeddings` (API reference, "Create embeddings"). */
export const openaiEmbeddings: EmbeddingCaller & EmbeddingUpstream = {
  name: 'openai-embeddings',
  ...OPENAI_CALLER,
  ...WHOLE_ANSWERS,
  usageMember: EMBEDDING_USAGE,
  read: readEmbeddings,
  readAnswer: readVectors,
  encodeEmbedding,
  decodeVectors,
  encodeVectors,
}

/** One input: a text, or the ids of its tokens. */
type Item = string | number[]

function readEmbeddings({ body }: CallerRequest): ReadResult<EmbeddingRequest> {
  const read = readJsonBody(body, BILLED, '{"model": …, "input": …}')
  if (!read.ok) return read
  const { value } = read
  const wrong = firstFault(value, CHECKS)
  if (wrong !== undefined) return wrong
  const items = itemsOf(value['input'])
  if (items === undefined) return invalid('/input', complaint('input', value['input'], INPUTS))
  const inputBound = items.reduce((sum, item) => sum + boundOf(item) + TOKENS_PER_INPUT, 0)
  const request = jsonRequest('openai-embeddings', body, read, {
    model: value['model'] as string,
    wholeOnly: true,
    inputBound,
    inputText: () => items.map((item) => (typeof item === 'string' ? item : ONE_TOKEN.repeat(item.length))).join('\n'),
  })
  return { ok: true, request: { ...request, decodeEmbedding: () => decodeEmbedding(value, items) } }
}

/** No tokenizer makes more tokens than there are bytes; a token that is sent by its id is one. */
function boundOf(item: Item): number {
  return typeof item === 'string' ? Buffer.byteLength(item) : item.length
}

function itemsOf(input: unknown): Item[] | undefined {
  if (typeof input === 'string') return input === '' ? undefined : [input]
  if (!Array.isArray(input) || input.length === 0) return undefined
  if (isTokens(input)) return [input]
  return input.every((item) => typeof item === 'string' || isTokens(item)) ? input : undefined
}

function isTokens(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 && value.every((id) => Number.isInteger(id) && id >= 0)
}

function decodeEmbedding(value: JsonObject, items: readonly Item[]): DecodedEmbedding {
  const several = Array.isArray(value['input']) && !isTokens(value['input'])
  const inputs = items.map((item, index): EmbeddingInput => {
    const at = several ? `/input/${index}` : '/input'
    return typeof item === 'string' ? { parts: [{ type: 'text', text: item, at }], at } : { parts: [], tokens: item, at }
  })
  const format = value['encoding_format']
  const formats: VectorFormat[] | undefined = format === 'float' || format === 'base64' ? [format] : undefined
  return {
    ok: true,
    embedding: {
      inputs,
      ...present({
        dimensions: typeof value['dimensions'] === 'number' ? value['dimensions'] : undefined,
        formats,
      }),
      others: othersOf(value, ['model', 'input', 'dimensions', 'encoding_format']),
    },
  }
}
