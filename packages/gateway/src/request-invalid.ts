import type { Denial } from '@faregate/core'

/** A request that is wrong at one place: says what, where (JSON pointer), and how to mend it. */
export function requestInvalid(pointer: string, message: string): Denial {
  return {
    code: 'request_invalid',
    detail: message,
    pointer,
    fixes: [{ kind: 'change_request', action: 'mend_member', by: 'caller', canYou: true, pointer }],
  }
}
