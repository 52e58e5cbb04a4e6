import { isDenial, type KeyPlaces } from '@faregate/core'
import type { GatewayDeps } from '../deps.ts'
import type { Inbound } from '../edge.ts'
import { headerOf, identifyKey, presentedKey } from '../identify.ts'
import { parameterOf } from '../apis/query.ts'
import { keyAmongProtocols } from '../apis/web-socket/protocols.ts'
import type { Checked, Scheme } from './caller.ts'

/** A key of the gateway, where the definition says, and in the headers in which it always can be. */
export function keyScheme(deps: Pick<GatewayDeps, 'keys'>, realm: string, places: KeyPlaces): Scheme {
  const header = places.header?.toLowerCase()
  return {
    name: 'key',
    told: `a key of the gateway ${placesOf(places)}`,
    challenge: `Bearer realm="${realm}"`,
    check(inbound) {
      const presented = keyIn(inbound, { ...places, header })
      return presented === undefined ? undefined : asCaller(identifyKey(deps, presented))
    },
  }
}

function keyIn(inbound: Inbound, { header, query, subprotocol }: KeyPlaces): string | undefined {
  const offered = inbound.webSocket === true && subprotocol !== undefined
  return (
    (offered ? keyAmongProtocols(inbound.headers, subprotocol) : undefined) ??
    (header === undefined ? undefined : headerOf(inbound, header)) ??
    (query === undefined ? undefined : parameterOf(inbound.query, query)) ??
    presentedKey({ ...inbound, query: '' })
  )
}

/** A key names nobody beside itself. */
export async function asCaller(identified: ReturnType<typeof identifyKey>): Promise<Checked> {
  const key = await identified
  return isDenial(key) ? key : { key, subject: null }
}

function placesOf({ header, query, subprotocol }: KeyPlaces): string {
  const places = ['as "Authorization: Bearer KEY"', 'in the header "x-api-key"']
  if (header !== undefined) places.push(`in the header "${header}"`)
  if (query !== undefined) places.push(`in the query as "${query}"`)
  if (subprotocol !== undefined) places.push(`in Sec-WebSocket-Protocol as "${subprotocol}.KEY"`)
  return places.join(', or ')
}
