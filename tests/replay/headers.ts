import type { Vendor } from './types.ts'
import { madeUp, madeUpUuid } from './answers/ids.ts'

type Headers = (seed: string) => Record<string, string>

const LIMITS = {
  'x-ratelimit-limit-requests': '500',
  'x-ratelimit-remaining-requests': '499',
  'x-ratelimit-reset-requests': '120ms',
  'x-ratelimit-limit-tokens': '200000',
  'x-ratelimit-remaining-tokens': '199998',
  'x-ratelimit-reset-tokens': '0s',
}

/** Headers that the vendors add, among them some that must never reach a customer: organizations, limits, cookies. */
const HEADERS: Partial<Record<Vendor, Headers>> = {
  openai: (seed) => ({
    'x-request-id': `req_${madeUp(seed, 32).toLowerCase()}`,
    'openai-organization': 'org-played',
    'openai-processing-ms': '342',
    'openai-version': '2020-10-01',
    'set-cookie': '__cf_bm=played; path=/; HttpOnly',
    ...LIMITS,
  }),
  azure: (seed) => ({ 'apim-request-id': madeUpUuid(seed), 'x-ms-region': 'Sweden Central', ...LIMITS }),
  anthropic: (seed) => ({
    'request-id': `req_011${madeUp(seed, 21)}`,
    'anthropic-organization-id': madeUpUuid('organization'),
    'anthropic-ratelimit-requests-limit': '50',
    'anthropic-ratelimit-requests-remaining': '49',
    'anthropic-ratelimit-requests-reset': '2026-02-02T00:00:00Z',
  }),
  bedrock: (seed) => ({ 'x-amzn-requestid': madeUpUuid(seed) }),
  gemini: () => ({ 'server-timing': 'gfet4t7; dur=512' }),
  mistral: (seed) => ({ 'mistral-correlation-id': madeUpUuid(seed), 'x-ratelimit-remaining-req-minute': '59' }),
  cohere: (seed) => ({ 'x-debug-trace-id': madeUp(seed, 32).toLowerCase(), num_tokens: '32' }),
}

export function headersOf(vendor: Vendor, count: number): Record<string, string> {
  return HEADERS[vendor]?.(`${vendor}/${count}`) ?? {}
}
