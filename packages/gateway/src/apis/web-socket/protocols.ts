import type { Denial } from '@faregate/core'
import { requestInvalid } from '../../request-invalid.ts'

type Headers = Record<string, string | string[] | undefined>

const OFFERED = 'sec-websocket-protocol'

/**
 * A key among the protocols that a WebSocket offers: `NAME.KEY`. Browsers fail a connection for which none of the offered ones is
 * chosen, so `NAME` may be offered beside it, and is what the gateway chooses where the upstream chose none.
 */
export function keyAmongProtocols(headers: Headers, name: string): string | undefined {
  return offeredIn(headers)
    .find((one) => one.startsWith(`${name}.`))
    ?.slice(name.length + 1)
}

/** What is offered to the upstream: nothing of the key. */
export function withoutKey(offered: string, name: string): string | undefined {
  const others = offeredIn({ [OFFERED]: offered }).filter((one) => !isOfKey(one, name))
  return others.length === 0 ? undefined : others.join(', ')
}

/** The protocol that the caller is answered with; undefined: none. `chosen`: by the upstream. */
export function answeredProtocol(asked: Headers, chosen: string | undefined, name: string | undefined): string | undefined {
  if (chosen !== undefined || name === undefined) return chosen
  return offeredIn(asked).includes(name) ? name : undefined
}

/** With nothing but a key to choose from, no browser would get a connection that it keeps. */
export function protocolFlaw(headers: Headers, name: string | undefined): Denial | undefined {
  if (name === undefined) return undefined
  const offered = offeredIn(headers)
  if (offered.length === 0 || offered.some((one) => !one.startsWith(`${name}.`))) return undefined
  return requestInvalid('', `Sec-WebSocket-Protocol offers the key alone: offer \`${name}\`, or a protocol of the service, beside it`)
}

function isOfKey(offered: string, name: string): boolean {
  return offered === name || offered.startsWith(`${name}.`)
}

function offeredIn({ [OFFERED]: offered }: Headers): string[] {
  return String(offered ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
}
