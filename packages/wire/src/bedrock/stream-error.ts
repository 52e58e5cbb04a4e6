import type { StreamEvent } from '../canonical/answer.ts'
import type { ErrorStatuses } from '../canonical/vendor-errors.ts'
import type { JsonObject } from '../json/object.ts'

/** The exceptions of a stream ("ConverseStreamOutput", Amazon Bedrock API reference), in small letters. */
export const ERROR_STATUSES: ErrorStatuses = {
  validationexception: 400,
  accessdeniedexception: 403,
  resourcenotfoundexception: 404,
  modeltimeoutexception: 408,
  modelstreamerrorexception: 424,
  modelerrorexception: 424,
  modelnotreadyexception: 429,
  throttlingexception: 429,
  internalserverexception: 500,
  serviceunavailableexception: 503,
}

type ErrorEvent = Extract<StreamEvent, { type: 'error' }>

/**
 * The vendor's error inside a stream: an exception of its own (`throttlingException`, `modelStreamErrorException`, …), or an
 * `error` message of the framing. Undefined for every other event.
 */
export function streamError(event: string | undefined, body: JsonObject | undefined, data: string): ErrorEvent | undefined {
  if (event === undefined || (event !== 'error' && !/exception$/i.test(event))) return undefined
  const name = event === 'error' && typeof body?.['code'] === 'string' ? body['code'] : event
  const told = [body?.['message'], body?.['Message'], body?.['originalMessage']].find((text) => typeof text === 'string' && text !== '')
  return {
    type: 'error',
    message: typeof told === 'string' ? `${name}: ${told}` : name,
    raw: { type: name, ...(body ?? { message: data }) },
  }
}
