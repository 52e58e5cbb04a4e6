import type { Denial, Millis } from '@faregate/core'
import type { KeyEntry } from '@faregate/identity'
import type { Inbound } from '../edge.ts'
import type { SignedBody } from './signed-body.ts'

/** As which key a call is served, and whom its credential names beside that. */
export interface Caller {
  key: KeyEntry
  subject: string | null
}

/** The same, with what the credential says of the body. */
export interface Identified extends Caller {
  body?: SignedBody | undefined
  /** Why it is not taken although it is the key's own: its owner can look that up. */
  refused?: Denial | undefined
}

/** What became of a credential. */
export type Checked = Identified | Denial

/** One way in which callers of an API prove who they are. */
export interface Scheme {
  name: string
  /** For whoever sent nothing: what can be sent, and where. Undefined: nothing has to be. */
  told: string | undefined
  /** What HTTP calls it (RFC 9110, 11.6.1); undefined: it has no word for it. */
  challenge: string | undefined
  /** It takes tokens of which it can be looked up where they come from (RFC 9728). */
  tokens?: true
  /** Undefined: the request carries nothing of the kind. */
  check(this: void, inbound: Inbound, now: Millis): Checked | undefined | Promise<Checked | undefined>
  /** The same without using anything up; absent: nothing is. */
  look?(this: void, inbound: Inbound, now: Millis): Checked | undefined | Promise<Checked | undefined>
}
