import type { Duplex } from 'node:stream'
import type { Denial } from '@faregate/core'

/** How a call of an upstream ended. */
export type CallEnd =
  /** Nothing of it was sent to the caller yet. */
  | { kind: 'whole'; body: Buffer }
  /** All of it was sent but for `tail`, and the end. */
  | { kind: 'forwarded'; tail: Buffer }
  /** It is no answer to the request. */
  | { kind: 'refused'; denial: Denial }
  | { kind: 'broken'; denial: Denial }
  /** What follows of it is not covered. */
  | { kind: 'exhausted'; denial: Denial }
  /** The caller went away. */
  | { kind: 'gone' }
  /** The upstream opened a WebSocket. */
  | { kind: 'switched'; socket: Duplex }

export const OUTCOMES = {
  whole: 'served',
  forwarded: 'served',
  refused: 'failed',
  broken: 'failed',
  exhausted: 'partial',
  gone: 'aborted',
  switched: 'served',
} as const

/** The upstream failed, and did not answer. */
export function isFailure({ code }: Denial): boolean {
  return code === 'provider_error' || code === 'provider_timeout'
}
