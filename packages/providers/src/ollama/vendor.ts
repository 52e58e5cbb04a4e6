import type { Vendor, VendorCall } from '@faregate/wire'
import { classify } from '../classify.ts'

const PATHS: Partial<Record<VendorCall['dialect'], string>> = {
  ollama: '/api/chat',
  'ollama-generate': '/api/generate',
  'ollama-embed': '/api/embed',
  'openai-chat': '/v1/chat/completions',
  'openai-embeddings': '/v1/embeddings',
}

/** An Ollama server: its own API, and OpenAI's for those who speak that. A key is for the hosted one, or a proxy before it. */
export const ollamaVendor: Vendor = {
  kind: 'ollama',
  title: 'Ollama',
  documentation: 'https://github.com/ollama/ollama/blob/main/docs/api.md',
  authentication: 'as `Authorization: Bearer KEY`, where there is one',
  dialects: ['ollama', 'openai-chat', 'ollama-generate', 'ollama-embed', 'openai-embeddings'],
  defaultBaseUrl: 'http://127.0.0.1:11434',
  keyless: true,
  keyCheck: '/api/tags',
  outputLimitMember: 'max_tokens',
  request: (_entry, secret, { dialect }) => ({
    path: PATHS[dialect] ?? '/api/chat',
    headers: secret === undefined ? {} : { authorization: `Bearer ${secret}` },
  }),
  classify,
}
