import type { DialectName } from './canonical/conversation.ts'
import type { Quirks } from './dialect.ts'
import type { ProviderEntry } from '@faregate/core'

/**
 * The port that a vendor implements: how its API is reached and how its failures are read.
 * The bytes of bodies are the dialect's business, not the vendor's.
 */
export interface Vendor {
  kind: string
  /** Shown on the start page and in documentation. */
  title: string
  /** The wire formats that it serves. The first of them takes what callers of other dialects send. */
  dialects: readonly DialectName[]
  /** The same for one model, where they differ in that. */
  dialectsOf?(model: string): readonly DialectName[]
  quirks?: Quirks
  defaultBaseUrl?: string
  /** The environment variable that connects it. */
  environmentVariable?: string
  /** Where one variable is not enough: the first of these whose variables are all set connects it. */
  environmentAccounts?: readonly EnvironmentAccount[]
  keyless?: boolean
  /**
   * Path behind the base URL of what whoever has a key may GET, and what costs nothing: whether a key is taken is asked there.
   * Absent: only a call of a model tells.
   */
  keyCheck?: string
  /** How the key travels, in words that follow "the key goes". For documentation. */
  authentication: string
  /** The vendor's own reference of its API; absent: there is none, because it is no one's. */
  documentation?: string
  /** What an operator has to know of its keys and addresses, in sentences. For documentation. */
  notes?: readonly string[]
  /** The member that carries the output limit, unless the model says otherwise. */
  outputLimitMember: 'max_tokens' | 'max_completion_tokens'
  /** How the catalogue names this vendor, for prices. */
  priceKey?: string
  /** Where the vendor sets one price for everything it serves: decimal strings per million units, by bucket. */
  price?: Record<string, string>
  /**
   * A vendor that lives in this process answers here, and nothing goes over the network. The answer has the
   * shape of an upstream's: status, headers by lower-case name, the body as it is made. Ends early on abort.
   */
  answer?(body: Buffer, options: { signal: AbortSignal }): Promise<InProcessAnswer>
  /** How one call is made. Rejects where the key cannot be used at all; the message is for the operator. */
  request(entry: ProviderEntry, secret: string | undefined, call: VendorCall): VendorRequest | Promise<VendorRequest>
  classify(failure: UpstreamFailure): Classification
}

/** Environment variables that together connect a vendor. */
export interface EnvironmentAccount {
  /** All of them must say something. The first holds the key, or names where it is. */
  variables: readonly string[]
  /** What else is read where it is set. */
  optional?: readonly string[]
  /**
   * The address and the key that they come to; undefined: what they hold is not for this vendor. `read` gives the text of a
   * file, or undefined.
   */
  account: (environment: Environment, read: (file: string) => string | undefined) => { baseUrl: string; secret: string } | undefined
}

export type Environment = Readonly<Record<string, string | undefined>>

/** A call that is to be made. */
export interface VendorCall {
  dialect: DialectName
  /** As the vendor names it. */
  model: string
  stream: boolean
  /** A stream as a JSON array instead of events, where the dialect has both. */
  arrayStream?: boolean
  body: Buffer
  /** What of the caller's headers may go on (`anthropic-version`, `anthropic-beta`, …), by lower-case name. */
  headers: Readonly<Record<string, string>>
  /** The caller's query string, for dialects in which it means something. */
  query: string
}

/** How it is made: the path is joined to the base URL; headers beyond those that every call has. */
export interface VendorRequest {
  path: string
  headers: Record<string, string>
  /** Scheme, host and port, where they are not the base URL's. */
  origin?: string
  /** Where the vendor wants another body than its dialect says. */
  body?: Buffer
}

/** What {@link Vendor.answer} gives. */
export interface InProcessAnswer {
  status: number
  headers: Record<string, string>
  body: AsyncIterable<Buffer>
}

/** An upstream's answer that is not a success: status, headers by lower-case name, the first 64 kB of the body. */
export interface UpstreamFailure {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
}

/** What to do about a failure, and what the caller is told if nothing helps. */
export interface Classification {
  /**
   * `surface`: the request itself is at fault, pass the answer on. `rotate`: this key is unusable, take the next.
   * `fallback`: take another deployment. Both surface as `code` when nothing is left.
   */
  action: 'surface' | 'rotate' | 'fallback'
  code: 'provider_rejected' | 'provider_account_unpaid' | 'provider_rate_limited' | 'provider_auth_failed' | 'provider_error'
  /** Milliseconds until the upstream may be tried again, from its own headers. */
  retryAfterMs?: number
}
