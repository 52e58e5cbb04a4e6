import type { Classification, UpstreamFailure } from '@faregate/wire'
import { classify, lasting } from '../classify.ts'

const REJECTED: Classification = { action: 'surface', code: 'provider_rejected' }
const OUTAGE: Classification = { action: 'fallback', code: 'provider_error' }
const RATE: Classification = { action: 'rotate', code: 'provider_rate_limited' }

/** By `error.innererror.code` or `error.code`, in lower case. */
const KNOWN = new Map<string, Classification>([
  // The filter judges what the caller wrote: no other key and no other hour helps.
  ['responsibleaipolicyviolation', REJECTED],
  ['content_filter', REJECTED],
  // The deployment is the operator's to make; what another one says is worth hearing.
  ['deploymentnotfound', OUTAGE],
  ['operationnotsupported', OUTAGE],
  ['nocapacity', OUTAGE],
])

/** What has no code of its own: an address or a version that the operator got wrong, and a free tier that is used up. */
const MESSAGES: readonly [pattern: RegExp, classification: Classification][] = [
  [/^resource not found/i, OUTAGE],
  [/^api version not supported/i, OUTAGE],
  [/^out of call volume quota/i, RATE],
]

/**
 * Reads a failure of Azure OpenAI: whose fault it is and what to try. What is not Azure's own is read as OpenAI's. `now` is
 * milliseconds since 1970.
 */
export function classifyAzure(failure: UpstreamFailure, now: number = Date.now()): Classification {
  const { codes, message } = errorOf(failure.body)
  const known = codes.map((code) => KNOWN.get(code.toLowerCase())).find((one) => one !== undefined)
  const found = known ?? MESSAGES.find(([pattern]) => pattern.test(message))?.[1]
  return found === undefined ? classify(failure, now) : lasting(found, failure, now)
}

function errorOf(body: string): { codes: string[]; message: string } {
  const error = member(parse(body), 'error')
  const message = error['message']
  return {
    codes: [member(error, 'innererror')['code'], error['code']].filter((code) => typeof code === 'string'),
    message: typeof message === 'string' ? message : '',
  }
}

function member(value: unknown, name: string): Record<string, unknown> {
  const found = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
  return typeof found === 'object' && found !== null ? (found as Record<string, unknown>) : {}
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body) as unknown
  } catch {
    return undefined
  }
}
