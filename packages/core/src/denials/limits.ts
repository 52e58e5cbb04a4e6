import type { CatalogueEntry } from './entry.ts'

/** Refusals by limits, in order of precedence. */
export const LIMIT_DENIALS = {
  rate_limited: {
    status: 429,
    title: 'Rate limit reached',
    actor: 'caller',
    retryable: true,
    openaiCode: 'rate_limit_exceeded',
    meaning:
      'The key, its application or its organization may use only so many requests or tokens in a time, and `limit` says which of these is used up.',
    mend: [
      'Wait for as long as `Retry-After` says, then send it again.',
      'Or send fewer requests, or smaller ones.',
      'Or have the limit raised.',
    ],
  },
  concurrency_limited: {
    status: 429,
    title: 'Too many requests at the same time',
    actor: 'caller',
    retryable: true,
    openaiCode: 'rate_limit_exceeded',
    meaning: 'The key, its application or its organization may have only so many requests running, and that many are.',
    mend: [
      'Wait until one of the running requests has ended, then send it again.',
      'Or send fewer at a time.',
      'Or have the limit raised.',
    ],
  },
} as const satisfies Record<string, CatalogueEntry>
