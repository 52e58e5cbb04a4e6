import type { Vendor, VendorCall, VendorRequest } from '@faregate/wire'
import { classify } from '../classify.ts'

/** The version of the API that bodies are written for (docs.claude.com, "Versions"). */
const VERSION = '2023-06-01'

const PATHS: Partial<Record<VendorCall['dialect'], string>> = {
  anthropic: '/messages',
  'anthropic-count-tokens': '/messages/count_tokens',
}

/** Anthropic's own API. */
export const anthropicVendor: Vendor = {
  kind: 'anthropic',
  title: 'Anthropic',
  documentation: 'https://platform.claude.com/docs/en/api/messages/create',
  authentication: 'as `x-api-key: KEY`, beside `anthropic-version`',
  dialects: ['anthropic', 'anthropic-count-tokens'],
  defaultBaseUrl: 'https://api.anthropic.com/v1',
  environmentVariable: 'ANTHROPIC_API_KEY',
  keyCheck: '/models?limit=1',
  outputLimitMember: 'max_tokens',
  priceKey: 'anthropic',
  request: (_entry, secret, call) => anthropicRequest(secret, call),
  classify,
}

/** The caller's own version and beta features count; a translated request is written for {@link VERSION}. */
function anthropicRequest(secret: string | undefined, { dialect, headers, query }: VendorCall): VendorRequest {
  const beta = new URLSearchParams(query).get('beta')
  return {
    path: `${PATHS[dialect] ?? '/messages'}${beta === null ? '' : `?beta=${encodeURIComponent(beta)}`}`,
    headers: { 'anthropic-version': VERSION, ...headers, ...(secret === undefined ? {} : { 'x-api-key': secret }) },
  }
}
