import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'
import { inRanges } from '@faregate/identity'

/** The certificate with which whoever calls has made its connection, as DER; undefined: there is none. */
export type CertificateOf = (raw: IncomingMessage) => Buffer | undefined

/** What no certificate is. */
const UNREADABLE = Buffer.alloc(0)

/** How certificates of callers are learnt of; undefined: they are not. */
export function certificatesFrom(source: 'tls' | 'header' | undefined, trustedProxies: readonly string[]): CertificateOf | undefined {
  if (source === undefined) return undefined
  return source === 'tls'
    ? ofTheConnection
    : (raw) => (inRanges(trustedProxies, raw.socket.remoteAddress ?? '') ? inHeader(raw) : undefined)
}

/** Of each connection once: it stays the same for all of its requests. */
const shown = new WeakMap<TLSSocket, { der: Buffer | undefined }>()

function ofTheConnection({ socket }: IncomingMessage): Buffer | undefined {
  if (!(socket instanceof TLSSocket)) return undefined
  const known = shown.get(socket) ?? { der: socket.getPeerX509Certificate()?.raw }
  shown.set(socket, known)
  return known.der
}

/** What the proxy in front says (RFC 9440); its own callers' words would have been overwritten by it. */
function inHeader({ headers }: IncomingMessage): Buffer | undefined {
  const value = headers['client-cert']
  if (value === undefined || value === '') return undefined
  const [, base64] = /^:([A-Za-z0-9+/]+={0,2}):$/.exec(String(value)) ?? []
  return base64 === undefined ? UNREADABLE : Buffer.from(base64, 'base64')
}
