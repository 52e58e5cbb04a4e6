import type { Embedding, EmbeddingInput, EmbeddingInputType, VectorFormat } from '../canonical/embedding.ts'
import { VECTOR_FORMATS } from '../canonical/embedding.ts'
import { sourceOf } from '../canonical/media.ts'
import type { CallerRequest, Invalid, ModelRequest, ReadResult } from '../dialect.ts'
import { jsonRequest, NOTHING_MORE } from '../endpoints/json-request.ts'
import { decodeBody, invalid, readJsonBody } from '../input/body.ts'
import { inputBounds } from '../input/bounds.ts'
import { Fields } from '../input/fields.ts'
import { firstFault, MODEL } from '../input/validate.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { mapPresent, present } from '../json/present.ts'
import { collectInput, imageOf, textBytes, type ChatInput } from './input.ts'

/** A request of `POST /v2/embed`, as far as money needs it. */
export interface EmbedRequest extends ModelRequest {
  decodeEmbedding(): { ok: true; embedding: Embedding } | Invalid
}

const BILLED = { own: new Set(['model', 'texts', 'images', 'inputs', 'max_tokens']) }

/** An input is wrapped in a few tokens of its own. */
const TOKENS_PER_INPUT = 8

/** Cohere's words for what vectors are for, both ways. */
export const INPUT_TYPES: [word: string, type: EmbeddingInputType][] = [
  ['search_query', 'query'],
  ['search_document', 'document'],
  ['classification', 'classification'],
  ['clustering', 'clustering'],
  ['image', 'image'],
]

const TRUNCATE = { NONE: 'none', START: 'start', END: 'end' } as const

/** Reads and checks the body of `POST /v2/embed` (API reference: Embed). It generates nothing: there are no choices. */
export function readCohereEmbed({ body }: Pick<CallerRequest, 'body'>): ReadResult<EmbedRequest> {
  const read = readJsonBody(body, BILLED, '{"model": …, "texts": […], "input_type": …, "embedding_types": […]}')
  if (!read.ok) return read
  const { value } = read
  const problem = firstFault(value, [['model', MODEL]])
  if (problem !== undefined) return problem
  const count = INPUTS.reduce((sum, name) => sum + listOf(value, name).length, 0)
  if (count === 0)
    return invalid('/texts', 'there is nothing to embed: send `texts`, `images` or `inputs`, an array with at least one item')
  const model = value['model'] as string
  const input = inputOf(value)
  return {
    ok: true,
    request: {
      ...jsonRequest('cohere-embed', body, read, {
        model,
        ...inputBounds(textBytes(input) + TOKENS_PER_INPUT * count, input.media, model),
        inputText: () => inputOf(JSON.parse(decodeBody(body)) as JsonObject).texts.join('\n'),
        canCause: { ...NOTHING_MORE, imageIn: input.media.length > 0 },
        decode: () => invalid('', 'this is no conversation: texts that are embedded are not answered'),
      }),
      decodeEmbedding: () => decodeEmbedding(value),
    },
  }
}

const INPUTS = ['texts', 'images', 'inputs']

function listOf(value: JsonObject, name: string): unknown[] {
  const list = value[name]
  return Array.isArray(list) ? list : []
}

function inputOf(value: JsonObject): ChatInput {
  const input = collectInput([...listOf(value, 'texts'), ...listOf(value, 'inputs')])
  return { texts: input.texts, media: [...input.media, ...mapPresent(listOf(value, 'images'), imageOf)] }
}

function decodeEmbedding(value: JsonObject): { ok: true; embedding: Embedding } | Invalid {
  const fields = new Fields()
  const type = fields.word(
    value,
    'input_type',
    '',
    INPUT_TYPES.map(([word]) => word),
  )
  const formats = fields.strings(value, 'embedding_types', '')
  for (const [index, format] of (formats ?? []).entries())
    if (!isFormat(format))
      fields.fail(`/embedding_types/${index}`, `"${format}" is no embedding type: it is one of ${VECTOR_FORMATS.join(', ')}`)
  const truncate = fields.word(value, 'truncate', '', ['NONE', 'START', 'END'])
  const embedding: Embedding = {
    inputs: decodeInputs(fields, value),
    ...present({
      dimensions: fields.number(value, 'output_dimension', ''),
      inputType: INPUT_TYPES.find(([word]) => word === type)?.[1],
      formats: formats?.filter(isFormat),
      truncate: truncate === undefined ? undefined : TRUNCATE[truncate],
    }),
  }
  return fields.fault ?? { ok: true, embedding }
}

function isFormat(format: string): format is VectorFormat {
  return VECTOR_FORMATS.some((known) => known === format)
}

function decodeInputs(fields: Fields, value: JsonObject): EmbeddingInput[] {
  const texts = (fields.strings(value, 'texts', '') ?? []).map((text, index): EmbeddingInput => {
    const at = `/texts/${index}`
    return { parts: [{ type: 'text', text, at }], at }
  })
  const images = (fields.strings(value, 'images', '') ?? []).map((url, index): EmbeddingInput => {
    const at = `/images/${index}`
    return { parts: [{ type: 'image', source: sourceOf(url), at }], at }
  })
  const inputs = fields.objects(value, 'inputs', '').map(({ value: item, at }): EmbeddingInput => ({
    parts: fields.objects(item, 'content', at).map(({ value: block, at: place }) => decodeBlock(fields, block, place)),
    at,
  }))
  return [...texts, ...images, ...inputs]
}

function decodeBlock(fields: Fields, block: JsonObject, at: string): EmbeddingInput['parts'][number] {
  const type = fields.word(block, 'type', at, ['text', 'image_url'])
  if (type !== 'image_url') return { type: 'text', text: fields.needed(block, 'text', at), at }
  const image = isObject(block['image_url']) ? block['image_url'] : {}
  return { type: 'image', source: sourceOf(fields.needed(image, 'url', `${at}/image_url`)), at }
}
