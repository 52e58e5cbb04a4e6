import type { DialectName, VendorCall } from '@faregate/wire'

/** The method behind the model's name, whole and streamed (Vertex AI REST reference, `publishers.models`). */
const METHODS: Partial<Record<DialectName, [whole: string, streamed: string]>> = {
  gemini: ['generateContent', 'streamGenerateContent'],
  'gemini-count-tokens': ['countTokens', 'countTokens'],
  anthropic: ['rawPredict', 'streamRawPredict'],
  'anthropic-count-tokens': ['rawPredict', 'rawPredict'],
}

const PUBLISHERS: Partial<Record<DialectName, string>> = { anthropic: 'anthropic', 'anthropic-count-tokens': 'anthropic' }

const FULL_NAME = /^(publishers\/[^/]+\/models|endpoints)\/[^/]+$/

/** Tokens are counted by a model of this name, which takes the real one in its body. */
const COUNTER = 'count-tokens'

/**
 * The path behind project and location. Models are named as Google names them: `gemini-2.5-pro`, `claude-sonnet-4-5@20250929`,
 * or in full, `publishers/PUBLISHER/models/MODEL`; a tuned one is `endpoints/ID`. OpenAI's dialect serves the models of others
 * (`meta/llama-4-…-maas`), named in the body.
 */
export function vertexPath({ dialect, model, stream, arrayStream }: VendorCall): string {
  if (dialect === 'openai-chat') return '/endpoints/openapi/chat/completions'
  const [whole, streamed] = METHODS[dialect] ?? ['generateContent', 'streamGenerateContent']
  const events = stream && streamed === 'streamGenerateContent' && arrayStream !== true ? '?alt=sse' : ''
  return `/${resourceOf(dialect, model)}:${stream ? streamed : whole}${events}`
}

function resourceOf(dialect: DialectName, model: string): string {
  if (dialect === 'anthropic-count-tokens') return `publishers/anthropic/models/${COUNTER}`
  if (FULL_NAME.test(model)) return model.split('/').map(segment).join('/')
  return `publishers/${PUBLISHERS[dialect] ?? 'google'}/models/${segment(model)}`
}

/** Google writes the version of a model behind an `@`, unencoded. */
function segment(text: string): string {
  return encodeURIComponent(text).replaceAll('%40', '@')
}

/** The dialects in which a model is served: each publisher's own, and OpenAI's for those named `PUBLISHER/MODEL`. */
export function vertexDialects(model: string): readonly DialectName[] {
  if (/^(publishers\/anthropic\/models\/)?claude-/.test(model)) return ['anthropic', 'anthropic-count-tokens']
  return model.includes('/') && !FULL_NAME.test(model) ? ['openai-chat'] : ['gemini', 'gemini-count-tokens']
}
