import { createHash } from 'node:crypto'
import type { Denial } from '@faregate/core'
import type { Inbound } from '../../edge.ts'
import { headerOf } from '../../identify.ts'
import { requestInvalid } from '../../request-invalid.ts'
import type { ApiTarget } from '../port.ts'
import { protocolFlaw } from './protocols.ts'

type Headers = Record<string, string | string[] | undefined>

/** The one version there is (RFC 6455, 4.1). */
const VERSION = '13'

/**
 * Why a request opens no WebSocket on a route that takes nothing else, or asks for one where there is none. Undefined: it is what its
 * route takes. Every other protocol that a request offers to switch to is left out of account (RFC 9110, 7.8).
 */
export function handshakeFlaw(inbound: Inbound, { route, upstream }: ApiTarget): Denial | undefined {
  const { headers } = inbound
  if (!route.webSocket)
    return asksForWebSocket(headers) ? requestInvalid('', `${route.name} is no WebSocket: call it without \`Upgrade\``) : undefined
  if (inbound.webSocket !== true)
    return requestInvalid(
      '',
      `${route.name} is a WebSocket: send its handshake (RFC 6455), \`Upgrade: websocket\`, over HTTP/1.1 and without a body`,
    )
  if (headerOf(inbound, 'sec-websocket-version') !== VERSION) return requestInvalid('', `Sec-WebSocket-Version is to be ${VERSION}`)
  if (!isNonce(headerOf(inbound, 'sec-websocket-key'))) return requestInvalid('', 'Sec-WebSocket-Key is to be 16 bytes in base64')
  return protocolFlaw(headers, upstream.hiddenProtocol)
}

/** Whether a request offers to go on as a WebSocket. */
export function asksForWebSocket({ upgrade }: Headers): boolean {
  return namesWebSocket(upgrade)
}

/** What is wrong with an upstream that says that it switches; undefined: it does what was asked. */
export function switchFlaw(asked: Headers, { upgrade, 'sec-websocket-accept': accept }: Headers): string | undefined {
  if (!namesWebSocket(upgrade)) return 'it switched to another protocol than WebSocket'
  return accept === acceptOf(String(asked['sec-websocket-key'])) ? undefined : 'it did not accept the key of the handshake'
}

/** What proves that a server read the handshake (RFC 6455, 4.2.2). */
function acceptOf(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
}

function isNonce(key: string | undefined): boolean {
  return key !== undefined && /^[A-Za-z0-9+/]{22}==$/.test(key)
}

function namesWebSocket(upgrade: string | string[] | undefined): boolean {
  return String(upgrade ?? '')
    .split(',')
    .some((name) => name.trim().toLowerCase() === 'websocket')
}
