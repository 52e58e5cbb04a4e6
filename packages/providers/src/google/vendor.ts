import type { Vendor, VendorCall, VendorRequest } from '@faregate/wire'
import { classify } from '../classify.ts'

/** The method behind the model's name (ai.google.dev, "Gemini API reference"). */
const METHODS: Partial<Record<VendorCall['dialect'], string>> = {
  gemini: 'generateContent',
  'gemini-count-tokens': 'countTokens',
  'gemini-embed': 'embedContent',
  'gemini-batch-embed': 'batchEmbedContents',
}

/** Google's Gemini API, with an API key. */
export const googleVendor: Vendor = {
  kind: 'google',
  title: 'Google Gemini',
  documentation: 'https://ai.google.dev/api',
  authentication: 'as `x-goog-api-key: KEY`',
  dialects: ['gemini', 'gemini-count-tokens', 'gemini-embed', 'gemini-batch-embed'],
  defaultBaseUrl: 'https://generativelanguage.googleapis.com/v1beta',
  environmentVariable: 'GEMINI_API_KEY',
  keyCheck: '/models?pageSize=1',
  outputLimitMember: 'max_tokens',
  priceKey: 'google',
  request: (_entry, secret, call) => geminiRequest(secret, call),
  classify,
}

function geminiRequest(secret: string | undefined, call: VendorCall): VendorRequest {
  return {
    path: `${modelPath(call.model)}:${geminiMethod(call)}`,
    headers: secret === undefined ? {} : { 'x-goog-api-key': secret },
  }
}

/** A tuned model is named with its collection. */
function modelPath(model: string): string {
  const [collection, name] = model.startsWith('tunedModels/') ? ['tunedModels', model.slice('tunedModels/'.length)] : ['models', model]
  return `/${collection}/${encodeURIComponent(name)}`
}

/** Streams come as server-sent events, unless the caller itself asked for a JSON array. */
function geminiMethod({ dialect, stream, arrayStream }: VendorCall): string {
  if (!stream) return METHODS[dialect] ?? 'generateContent'
  return arrayStream === true ? 'streamGenerateContent' : 'streamGenerateContent?alt=sse'
}
