import type { Duplex } from 'node:stream'
import type { Denial } from '@faregate/core'

/**
 * The two small interfaces behind which the HTTP server and the upstream client stand, so that a faster
 * edge can replace either without touching a step.
 */

/** A request as it came in: head parsed, body collected. Header names are lower-case. */
export interface Inbound {
  id: string
  /** Where it comes from; proxies that are trusted are looked through. */
  ip: string
  method: string
  path: string
  query: string
  headers: Record<string, string | string[] | undefined>
  body: Buffer
  /** The certificate with which the caller has made its connection, DER; absent, or undefined: there is none. */
  certificate?: (() => Buffer | undefined) | undefined
  /**
   * Opens a body that was not collected, once: those of calls that go on to a published API. A caller that waits to be
   * told (`Expect: 100-continue`) is told then. Leaving off early leaves the caller's connection as it is.
   */
  unread?: () => AsyncIterable<Buffer>
  /** Where its body may be kept whole, if it is unread. */
  room?: InboundRoom
  /** It is the handshake of a WebSocket, and its connection can be switched to one. */
  webSocket?: true
}

/** Room in memory for a large body, which is shared by all requests. */
export interface InboundRoom {
  /** Bodies of so many bytes need none. */
  free: number
  /** Takes it once, until the request has ended; waits for it. A refusal: there is none. */
  take(bytes: number): Promise<Denial | undefined>
}

/** The way back to the caller. */
export interface Outbound {
  /** True once nothing can be sent any more: the caller is gone, or the answer has ended. */
  readonly closed: boolean
  /** Sends the head. Called once, before anything else. */
  head(status: number, headers: Record<string, string>): void
  /**
   * Sends a chunk. False: the caller reads slower than we send, wait for `drained`.
   * `accepted` is called when the socket has taken the chunk, never when it has not.
   */
  write(chunk: Buffer, accepted?: () => void): boolean
  /** Resolves when the caller has read enough, or is gone. */
  drained(): Promise<void>
  /** Sends the last chunk and ends the answer; resolves to whether the socket took all of it. */
  end(chunk?: Buffer): Promise<boolean>
  /** Answers 101 in place of a head, and gives the connection as it is; undefined: the caller is gone. Absent: it cannot be switched. */
  switchTo?(headers: Record<string, string>): Duplex | undefined
  /** Cuts the connection without a proper end: the answer must not look complete. */
  destroy(): void
  /** Called once, when the caller goes away before the answer has ended. */
  onGone(listener: () => void): void
}

/** How connections to an upstream are made, beside what holds for all. Calls share connections where they share this object. */
export interface ConnectionTerms {
  /** PEM of the authorities that are trusted in place of the usual ones. */
  ca?: readonly string[] | undefined
  /** What the gateway proves itself with, PEM. */
  identity?: { certificate: string; key: string } | undefined
  /** HTTP/2 where the upstream speaks it (ALPN). */
  http2?: boolean | undefined
}

/** One call of an upstream. */
export interface UpstreamRequest {
  /** Scheme, host and port. */
  origin: string
  /** Absent: POST. */
  method?: string
  path: string
  headers: Record<string, string>
  /** Null: there is none. */
  body: Buffer | AsyncIterable<Buffer> | null
  /** The answer comes as it is sent, whatever its encoding. */
  asSent?: boolean
  /** What the connection is to be switched to. */
  upgrade?: 'websocket'
  /** Somebody else than the operator set the address: what must not be reached so is refused as not to be connected to. */
  guarded?: boolean | undefined
  /** Absent: nothing of its own. */
  connection?: ConnectionTerms | undefined
  /** Milliseconds, instead of the client's own limits. */
  limits?: { connectMs?: number | undefined; firstByteMs?: number | undefined; silenceMs?: number | undefined } | undefined
}

/** A call whose body is there as a whole. */
export interface CollectedRequest extends UpstreamRequest {
  body: Buffer
}

/** What arrives from an upstream, in order: head, then data, then either end or error. Nothing follows `abort`. */
export interface UpstreamSink {
  head(status: number, headers: Record<string, string | string[] | undefined>): void
  /** In place of all others: the connection was switched, and is whoever's takes it. */
  switched?(headers: Record<string, string | string[] | undefined>, socket: Duplex): void
  data(chunk: Buffer): void
  end(): void
  error(failure: UpstreamError): void
}

/** A running call. */
export interface UpstreamCall {
  pause(): void
  resume(): void
  /** Closes the upstream's socket. */
  abort(): void
}

export interface UpstreamClient {
  send(request: UpstreamRequest, sink: UpstreamSink): UpstreamCall
  close(): Promise<void>
}

/** Why a call ended without an answer; `limitMs` is the limit that was exceeded. */
export interface UpstreamError {
  reason: 'connect' | 'connect_timeout' | 'first_byte_timeout' | 'silence' | 'reset' | 'protocol'
  limitMs?: number
  /** The connection had been kept from an earlier call, and closed before anything of this answer came. */
  kept?: boolean
  /** For the operator; never sent to a caller. */
  detail: string
}
