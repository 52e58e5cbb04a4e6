import type { Usage } from '../../support/auditor.ts'
import type { Behaviour } from '../../support/upstream.ts'

export type FaultKind = 'connect' | 'head' | 'status' | 'body' | 'stream' | 'usage' | 'timing'

/** What is charged: by the usage that the upstream reported, or output tokens that the gateway counted itself (and the prompt). */
export type Charge = { by: 'usage'; usage: Usage } | { by: 'count'; tokens: number } | { by: 'nothing' }

/** What a caller must get. Words are those of the answer that arrived; each is one token. */
export type Due =
  /** A whole answer. */
  | { gets: 'answer'; words: number; charge: Charge }
  /** A refusal before the first byte; nothing is charged. `retryAfter` null: the header is absent; undefined: either way. */
  | { gets: 'refusal'; status: number; code: string; retryAfter?: string | null }
  /** The upstream's own refusal of the request, passed on with its status and body; nothing is charged. */
  | { gets: 'rejection'; status: number }
  /** A stream that ends in an error within it, after what was delivered; `upTo`: or less, and then less is charged. */
  | { gets: 'error-event'; code: string; words: number; charge: Charge; upTo?: boolean }
  /** An answer whose connection breaks before it is whole; at most that is charged. */
  | { gets: 'cut-connection'; code: string; charge: Charge }

/** Something that takes connections on a port of its own. */
export interface Listener {
  /** Base URL as a configuration names it. */
  url: string
  close(): Promise<void>
}

/** A way in which an upstream misbehaves. */
export interface Fault {
  /** Also the name of the model that chooses it: `fault-<kind>-<what>`. */
  name: string
  kind: FaultKind
  /** What the upstream does. */
  does: string
  /** Once the call has arrived, or to connections on a port of its own. */
  upstream: Behaviour | { listen(): Promise<Listener> }
  /** What the caller gets who does not ask for a stream; absent: does not apply. */
  whole?: Due
  streamed?: Due
  /** Ends the connection before anything of an answer: where it was a kept one, another is tried. */
  unanswered?: boolean
  /** Lasts until a limit of the gateway is reached. */
  slow?: boolean
}

interface Row extends Omit<Fault, 'name' | 'kind'> {
  name: string
  /** The same, streaming or not. */
  both?: Due
}

/** Rows of one kind, named without their prefix. */
export function faultsOf(kind: FaultKind, rows: Row[]): Fault[] {
  return rows.map(({ name, both, ...row }) => ({
    ...(both === undefined ? {} : { whole: both, streamed: both }),
    ...row,
    name: `fault-${kind}-${name}`,
    kind,
  }))
}

export function refused(status: number, code: string, retryAfter?: string | null): Due {
  return { gets: 'refusal', status, code, ...(retryAfter === undefined ? {} : { retryAfter }) }
}

export const FAILED = refused(502, 'provider_error')
export const TIMED_OUT = refused(504, 'provider_timeout')

/** Served whole, charged by the upstream's usage. */
export function answered(words: number, usage: Usage): Due {
  return { gets: 'answer', words, charge: { by: 'usage', usage } }
}

/** Served whole, charged by the gateway's own count. */
export function counted(words: number): Due {
  return { gets: 'answer', words, charge: { by: 'count', tokens: words } }
}

/** Broken off after so many words, which are charged by the gateway's own count. */
export function brokenOff(words: number, code = 'provider_error'): Due {
  return { gets: 'error-event', code, words, charge: words === 0 ? { by: 'nothing' } : { by: 'count', tokens: words } }
}
