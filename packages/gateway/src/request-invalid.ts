import type { Denial } from '@faregate/core'
import type { Invalid } from '@faregate/wire'

/** A request that is wrong at one place: says what, where (JSON pointer), and how to mend it. */
export function requestInvalid(pointer: string, message: string): Denial {
  return {
    code: 'request_invalid',
    detail: message,
    pointer,
    fixes: [{ kind: 'change_request', action: 'mend_member', by: 'caller', canYou: true, pointer }],
  }
}

/** A request that its dialect does not take. */
export function notTaken({ pointer, message, mostBytes }: Invalid): Denial {
  if (mostBytes === undefined) return requestInvalid(pointer, message)
  return {
    code: 'request_too_large',
    detail: message,
    limit: { kind: 'body', unit: 'bytes', bytes: mostBytes },
    fixes: [{ kind: 'change_request', action: 'shorten_values', by: 'caller', canYou: true }],
  }
}
