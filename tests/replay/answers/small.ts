/** Answers of endpoints that are no chats: embeddings, images, audio, moderations, lists, counts. */
import { objects } from '../rules/walk.ts'
import type { Call, Endpoint, JsonObject, Route, Vendor } from '../types.ts'
import { madeUp, madeUpUuid } from './ids.ts'
import type { RawAnswer } from '../plan.ts'

/** A PNG of one pixel. */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const CREATED = 1_770_000_000

type Small = (call: Call, route: Route) => RawAnswer

/** Five numbers that depend on the text alone, of length one. */
function vector(text: string): number[] {
  const raw = [...Buffer.from(madeUp(text, 5))].map((letter) => letter - 80)
  const length = Math.hypot(...raw) || 1
  return raw.map((value) => value / length)
}

function texts(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).map((one) => (typeof one === 'string' ? one : JSON.stringify(one ?? '')))
}

function tokens(value: unknown): number {
  return texts(value).reduce((sum, text) => sum + Math.max(1, Math.ceil(text.length / 4)), 0)
}

const openaiEmbeddings: Small = ({ body = {} }, route) => {
  const found = texts(body['input'])
  const base64 = body['encoding_format'] === 'base64'
  const encode = (values: number[]): unknown => (base64 ? Buffer.from(Float32Array.from(values).buffer).toString('base64') : values)
  return {
    body: {
      object: 'list',
      data: found.map((text, index) => ({ object: 'embedding', index, embedding: encode(vector(text)) })),
      model: route.model,
      usage: { prompt_tokens: tokens(found), total_tokens: tokens(found) },
    },
  }
}

const embeddings: Partial<Record<Vendor, Small>> = {
  gemini: ({ body = {} }) => ({ body: { embedding: { values: vector(JSON.stringify(body['content'])) } } }),
  vertex: ({ body = {} }) => ({
    body: {
      predictions: objects(body['instances']).map((one) => ({
        embeddings: { values: vector(JSON.stringify(one)), statistics: { truncated: false, token_count: tokens(one['content']) } },
      })),
      metadata: { billableCharacterCount: JSON.stringify(body['instances'] ?? '').length },
    },
  }),
  cohere: ({ body = {} }) => ({
    body: {
      id: madeUpUuid(JSON.stringify(body)),
      texts: texts(body['texts']),
      embeddings: { float: texts(body['texts']).map(vector) },
      meta: { api_version: { version: '2' }, billed_units: { input_tokens: tokens(body['texts']) } },
      response_type: 'embeddings_by_type',
    },
  }),
  ollama: ({ body = {} }, route) => ({
    body: {
      model: route.model,
      embeddings: texts(body['input']).map(vector),
      total_duration: 14_143_917,
      load_duration: 1_019_500,
      prompt_eval_count: tokens(body['input']),
    },
  }),
}

const counts: Partial<Record<Vendor, Small>> = {
  anthropic: ({ bytes }) => ({ body: { input_tokens: Math.ceil(bytes.length / 4) } }),
  gemini: ({ bytes }) => {
    const total = Math.ceil(bytes.length / 4)
    return { body: { totalTokens: total, promptTokensDetails: [{ modality: 'TEXT', tokenCount: total }] } }
  },
}

const lists: Partial<Record<Vendor, (ids: string[]) => JsonObject>> = {
  anthropic: (ids) => ({
    data: ids.map((id) => ({ type: 'model', id, display_name: id, created_at: '2025-02-19T00:00:00Z' })),
    has_more: false,
    first_id: ids[0],
    last_id: ids.at(-1),
  }),
  gemini: (ids) => ({
    models: ids.map((id) => ({ name: `models/${id}`, displayName: id, supportedGenerationMethods: ['generateContent'] })),
  }),
  ollama: (ids) => ({
    models: ids.map((id) => ({
      name: id,
      model: id,
      modified_at: '2025-05-04T17:37:44Z',
      size: 3_338_801_804,
      digest: madeUp(id, 64),
      details: {},
    })),
  }),
}

function models(vendor: Vendor): JsonObject {
  const ids = ['model-one', 'model-two']
  const list =
    lists[vendor] ??
    ((all: string[]) => ({ object: 'list', data: all.map((id) => ({ id, object: 'model', created: CREATED, owned_by: vendor })) }))
  return list(ids)
}

const transcription: Small = ({ form }) => {
  const format = form?.get('response_format')?.toString('utf8') ?? 'json'
  const text = 'A recording that is played.'
  const usage = { type: 'duration', seconds: 3 }
  if (format === 'json') return { body: { text, usage } }
  if (format === 'verbose_json') {
    return { body: { task: 'transcribe', language: 'english', duration: 2.5, text, segments: [], usage } }
  }
  const plain: Record<string, string> = {
    srt: `1\n00:00:00,000 --> 00:00:02,500\n${text}\n\n`,
    vtt: `WEBVTT\n\n00:00:00.000 --> 00:00:02.500\n${text}\n\n`,
  }
  return { headers: { 'content-type': 'text/plain; charset=utf-8' }, body: plain[format] ?? `${text}\n` }
}

/** Frames of an MP3 that nobody should listen to. */
const AUDIO = Buffer.concat(Array.from({ length: 16 }, () => Buffer.concat([Buffer.from([0xff, 0xfb, 0x90, 0x64]), Buffer.alloc(413)])))

const SMALL: Partial<Record<Endpoint, Small>> = {
  embeddings: (call, route) => (embeddings[route.vendor] ?? openaiEmbeddings)(call, route),
  'batch-embeddings': ({ body = {} }) => ({
    body: { embeddings: objects(body['requests']).map((one) => ({ values: vector(JSON.stringify(one['content'])) })) },
  }),
  'count-tokens': (call, route) => (counts[route.vendor] ?? counts.gemini ?? openaiEmbeddings)(call, route),
  models: (_call, route) => ({ body: models(route.vendor) }),
  moderations: ({ body = {} }, route) => ({
    body: {
      id: `modr-${madeUp(JSON.stringify(body), 29)}`,
      model: route.model === '' ? 'omni-moderation-latest' : route.model,
      results: texts(body['input']).map(() => ({ flagged: false, categories: { violence: false }, category_scores: { violence: 0.0001 } })),
    },
  }),
  images: ({ body = {} }) => ({
    body: {
      created: CREATED,
      data: Array.from({ length: Number(body['n'] ?? 1) }, () => ({ b64_json: PIXEL })),
      usage: { total_tokens: 1072, input_tokens: 16, output_tokens: 1056, input_tokens_details: { text_tokens: 16, image_tokens: 0 } },
    },
  }),
  speech: () => ({ headers: { 'content-type': 'audio/mpeg' }, body: AUDIO }),
  transcription,
  rerank: ({ body = {} }) => {
    const documents = texts(body['documents'])
    const top = Math.min(documents.length, Number(body['top_n'] ?? documents.length))
    return {
      body: {
        id: madeUpUuid(JSON.stringify(body)),
        results: documents.slice(0, top).map((_, index) => ({ index, relevance_score: 1 / (index + 1) })),
        meta: { api_version: { version: '2' }, billed_units: { search_units: 1 } },
      },
    }
  },
}

/** The answer of an endpoint that is no chat; undefined for a chat. */
export function smallAnswer(call: Call, route: Route): RawAnswer | undefined {
  return SMALL[route.endpoint]?.(call, route)
}
