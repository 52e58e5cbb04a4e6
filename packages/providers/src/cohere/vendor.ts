import type { Vendor, VendorCall } from '@faregate/wire'
import { classify } from '../classify.ts'

const PATHS: Partial<Record<VendorCall['dialect'], string>> = {
  cohere: '/v2/chat',
  'cohere-embed': '/v2/embed',
  'cohere-rerank': '/v2/rerank',
}

/** Cohere's own API, version 2. */
export const cohereVendor: Vendor = {
  kind: 'cohere',
  title: 'Cohere',
  documentation: 'https://docs.cohere.com/reference/chat',
  authentication: 'as `Authorization: Bearer KEY`',
  dialects: ['cohere', 'cohere-embed', 'cohere-rerank'],
  defaultBaseUrl: 'https://api.cohere.com',
  environmentVariable: 'COHERE_API_KEY',
  keyCheck: '/v1/models?page_size=1',
  outputLimitMember: 'max_tokens',
  priceKey: 'cohere',
  request: (_entry, secret, { dialect }) => ({
    path: PATHS[dialect] ?? '/v2/chat',
    headers: secret === undefined ? {} : { authorization: `Bearer ${secret}` },
  }),
  classify,
}
