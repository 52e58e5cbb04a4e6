import { isIP, type Socket } from 'node:net'
import { createSecureContext, type ConnectionOptions } from 'node:tls'
import { buildConnector } from 'undici'
import type { ConnectionTerms } from '../edge.ts'
import { guardedLookup, NOT_PUBLIC, UrlRefused, type Reachable } from '../media/guard.ts'
import { markLosses } from './kept-connection.ts'

/** What a socket itself asks the kernel for at once. */
const MOST_BYTES = 65_536

/**
 * Connects like undici, with sockets that give at most 64 kB at a time. undici takes all that a socket has, and puts back
 * what it does not parse because the reader is paused; the socket, found empty in between, has fetched more by then. So
 * with every pause of a slow reader the buffer grows, without end. What is left in the socket keeps it from fetching.
 * `reachable`: which addresses may be connected to; absent: any. `terms`: what is shown and trusted; what of them is no
 * certificate or key fails each connection.
 */
export function boundedConnector(timeoutMs: number, reachable?: Reachable, terms?: ConnectionTerms): buildConnector.connector {
  const guard = reachable === undefined ? {} : { lookup: guardedLookup(reachable) }
  const proof = proofOf(terms)
  if (proof instanceof Error) return (_options, callback) => callback(proof, null)
  const connect = buildConnector({ timeout: timeoutMs, allowH2: terms?.http2 === true, ...guard, ...proof })
  return (options, callback) => {
    if (reachable !== undefined && isRefused(options.hostname, reachable)) return callback(new UrlRefused(NOT_PUBLIC), null)
    connect(options, (...[error, socket]) => {
      if (error !== null) return callback(error, null)
      boundReads(socket)
      markLosses(socket)
      callback(null, socket)
    })
  }
}

function proofOf({ ca, identity }: ConnectionTerms = {}): Pick<ConnectionOptions, 'secureContext'> | Error {
  if (ca === undefined && identity === undefined) return {}
  const trusted = ca === undefined ? {} : { ca: [...ca] }
  const shown = identity === undefined ? {} : { cert: identity.certificate, key: identity.key }
  try {
    return { secureContext: createSecureContext({ ...trusted, ...shown }) }
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

/** An address needs no lookup, in which a name is checked. */
function isRefused(hostname: string, reachable: Reachable): boolean {
  const host = hostname.replace(/^\[|\]$/g, '')
  return isIP(host) !== 0 && !reachable(host)
}

function boundReads(socket: Socket): void {
  const read = socket.read.bind(socket)
  socket.read = (size?: number): unknown => read(size ?? (socket.readableLength > MOST_BYTES ? MOST_BYTES : undefined))
}
