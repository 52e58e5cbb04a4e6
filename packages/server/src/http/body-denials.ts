import type { Denial } from '@faregate/core'

/** A body that is not read, or not to its end, and what the caller is told. */
export class BodyRefused extends Error {
  override readonly name = 'BodyRefused'
  readonly denial: Denial

  constructor(denial: Denial) {
    super(denial.detail)
    this.denial = denial
  }
}

export function tooLarge(bytes: number): Denial {
  return {
    code: 'request_too_large',
    detail: `The body is larger than ${bytes} bytes.`,
    limit: { kind: 'body', unit: 'bytes', bytes },
    fixes: [{ kind: 'change_request', action: 'shrink_body', by: 'caller', canYou: true, to: bytes }],
  }
}

/** Temporary: RFC 9110 (15.5.14) has Retry-After say so. `free`: the size of bodies that need no room. */
export function noRoom(free: number, bytes: number): Denial {
  return {
    code: 'request_too_large',
    detail: `More large bodies are on their way than there is memory for; bodies of up to ${free} bytes are taken at any time.`,
    limit: { kind: 'body', unit: 'bytes', name: 'limits.bodiesBytes', bytes },
    fixes: [
      { kind: 'wait', action: 'retry', by: 'caller', canYou: true },
      { kind: 'change_request', action: 'shrink_body', by: 'caller', canYou: true, to: free },
    ],
    retryable: true,
    retryAfterSeconds: 5,
  }
}

export function encoded(encoding: string): Denial {
  return {
    code: 'request_invalid',
    detail: `Content-Encoding "${encoding.slice(0, 100)}" is not understood here: send the body uncompressed.`,
    fixes: [{ kind: 'change_request', action: 'send_uncompressed', by: 'caller', canYou: true }],
  }
}

export function brokenOff(reason: string): Denial {
  return {
    code: 'request_invalid',
    detail: `The request cannot be read: ${reason}.`,
    fixes: [{ kind: 'change_request', action: 'mend_request', by: 'caller', canYou: true }],
  }
}
