import type { Classification, UpstreamFailure } from '@faregate/wire'
import { classify, lasting } from '../classify.ts'

const AUTH: Classification = { action: 'rotate', code: 'provider_auth_failed' }
const RATE: Classification = { action: 'rotate', code: 'provider_rate_limited' }
const OUTAGE: Classification = { action: 'fallback', code: 'provider_error' }
const REJECTED: Classification = { action: 'surface', code: 'provider_rejected' }

/** By the name of the exception, in lower case ("Troubleshooting Amazon Bedrock API error codes", "Common error types"). */
const KNOWN = new Map<string, Classification>([
  ['accessdeniedexception', AUTH],
  ['expiredtokenexception', AUTH],
  ['expiredtoken', AUTH],
  ['incompletesignature', AUTH],
  ['incompletesignatureexception', AUTH],
  ['invalidclienttokenid', AUTH],
  ['invalidsignatureexception', AUTH],
  ['signaturedoesnotmatch', AUTH],
  ['missingauthenticationtoken', AUTH],
  ['missingauthenticationtokenexception', AUTH],
  ['notauthorized', AUTH],
  ['optinrequired', AUTH],
  ['requestexpired', AUTH],
  ['unrecognizedclientexception', AUTH],
  ['throttlingexception', RATE],
  ['throttling', RATE],
  ['toomanyrequestsexception', RATE],
  ['servicequotaexceededexception', RATE],
  ['modelnotreadyexception', OUTAGE],
  ['modeltimeoutexception', OUTAGE],
  ['modelerrorexception', OUTAGE],
  ['modelstreamerrorexception', OUTAGE],
  ['internalserverexception', OUTAGE],
  ['internalfailure', OUTAGE],
  ['serviceunavailableexception', OUTAGE],
  ['serviceunavailable', OUTAGE],
  ['validationexception', REJECTED],
  ['validationerror', REJECTED],
  ['resourcenotfoundexception', REJECTED],
])

/** The account's own trouble, under names that stand for others' mistakes as well. Beginnings: a prompt cannot write them. */
const UNPAID = /^(model access is denied due to )?(INVALID_PAYMENT_INSTRUMENT|a valid payment instrument)/i
const BARRED =
  /^(operation not allowed|your account is not authorized to invoke this api operation|model use case details have not been submitted)/i

/**
 * Reads a failure of Amazon Bedrock: whose fault it is and what to try. Its name stands in `x-amzn-errortype`, or in the
 * body. `now` is milliseconds since 1970.
 */
export function classifyBedrock(failure: UpstreamFailure, now: number = Date.now()): Classification {
  const known = kindOf(failure)
  return known === undefined ? classify(failure, now) : lasting(known, failure, now)
}

function kindOf(failure: UpstreamFailure): Classification | undefined {
  const { name, message } = errorOf(failure)
  if (UNPAID.test(message)) return { action: 'rotate', code: 'provider_account_unpaid' }
  return BARRED.test(message) ? AUTH : KNOWN.get(name.toLowerCase())
}

/** `ThrottlingException:http://internal.amazon.com/…` in the header, `com.amazon.coral.service#ThrottlingException` in the body. */
function errorOf({ headers, body }: UpstreamFailure): { name: string; message: string } {
  const parsed = parse(body)
  const header = headers['x-amzn-errortype']
  const told = (Array.isArray(header) ? header[0] : header) ?? parsed['__type'] ?? parsed['code'] ?? parsed['type']
  const message = parsed['message'] ?? parsed['Message']
  return {
    name: typeof told === 'string' ? (told.split('#').at(-1)?.split(':')[0] ?? '') : '',
    message: typeof message === 'string' ? message : '',
  }
}

function parse(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
