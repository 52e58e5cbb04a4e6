/** The ways in which vendors say how long to wait. */
import { vendorError } from '../rules/errors.ts'
import type { Vendor } from '../types.ts'
import type { FaultContext, Prepared } from './prepared.ts'

const WAIT_SECONDS = 20

const FORMS: Record<string, (now: number) => Record<string, string>> = {
  none: () => ({}),
  seconds: () => ({ 'retry-after': String(WAIT_SECONDS) }),
  date: (now) => ({ 'retry-after': new Date(now + WAIT_SECONDS * 1000).toUTCString() }),
  ms: () => ({ 'retry-after-ms': String(WAIT_SECONDS * 1000) }),
  openai: () => ({
    'x-ratelimit-limit-requests': '500',
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': `${WAIT_SECONDS}s`,
    'x-ratelimit-limit-tokens': '30000',
    'x-ratelimit-remaining-tokens': '12',
    'x-ratelimit-reset-tokens': '6m0s',
  }),
  anthropic: (now) => ({
    'retry-after': String(WAIT_SECONDS),
    'anthropic-ratelimit-requests-limit': '50',
    'anthropic-ratelimit-requests-remaining': '0',
    'anthropic-ratelimit-requests-reset': new Date(now + WAIT_SECONDS * 1000).toISOString(),
  }),
  google: () => ({}),
}

const MESSAGES: Partial<Record<Vendor, string>> = {
  openai: 'Rate limit reached for requests. Please try again in 20s.',
  azure:
    'Requests to the ChatCompletions_Create Operation have exceeded the call rate limit of your current pricing tier. Please retry after 20 seconds.',
  anthropic: "This request would exceed your organization's rate limit of 50 requests per minute.",
  gemini: 'You exceeded your current quota, please check your plan.',
  vertex: 'Resource exhausted. Please try again later.',
  mistral: 'Requests rate limit exceeded',
  cohere: 'You are using a Trial key, which is limited to 20 API calls / minute.',
  bedrock: 'Too many requests, please wait before trying again.',
}

/** 429 in the vendor's words, with the header or detail that the form names: `none` unless told. */
export function tooMany({ route, argument, now }: FaultContext): Prepared {
  const form = argument === '' ? 'none' : argument
  const written = FORMS[form]
  if (written === undefined) throw new Error(`no form of 429 is called ${form}; there are: ${Object.keys(FORMS).join(', ')}`)
  const message = MESSAGES[route.vendor] ?? 'Rate limit reached'
  const code = route.vendor === 'openai' || route.vendor === 'azure' ? { code: 'rate_limit_exceeded', type: 'requests' } : {}
  const { headers, body } = vendorError(route.vendor, { status: 429, message, ...code }, { claude: route.dialect === 'anthropic' })
  if (form === 'google') {
    const info = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${WAIT_SECONDS}.4s` }
    body['error'] = { ...(body['error'] as object), details: [info] }
  }
  return { status: 429, headers: { ...headers, ...written(now) }, steps: [Buffer.from(JSON.stringify(body)), 'end'], head: true }
}

export const WAIT_FORMS = Object.keys(FORMS)
