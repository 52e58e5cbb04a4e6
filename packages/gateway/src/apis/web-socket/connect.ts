import type { Duplex } from 'node:stream'
import { DEFAULT_IDLE_MS, formatAmount } from '@faregate/core'
import { nobodyThere } from '../../deliver/nobody.ts'
import { finish } from '../../finish.ts'
import { elapsed } from '../../flow.ts'
import { refuse } from '../../refuse.ts'
import { answerHeaders } from '../answer-head.ts'
import type { ApiDelivery } from '../delivery.ts'
import type { ApiExchange } from '../exchange.ts'
import { ending, settleCall } from '../settle-call.ts'
import { answeredProtocol } from './protocols.ts'
import { Tunnel } from './tunnel.ts'

/** What is answered where a connection opens (RFC 6455, 4.2.2). */
const SWITCHING = 101

const PROTOCOL = 'sec-websocket-protocol'

/**
 * The upstream switched: the connection is settled before its caller is told, and passed through until it ends. Its place among the
 * limits is kept for as long.
 */
export async function connect(delivery: ApiDelivery, exchange: ApiExchange, upstream: Duplex): Promise<void> {
  const { deps, flow, target, tunnels } = delivery
  const refusal = flow.outbound.closed ? undefined : await settleCall(delivery, SWITCHING, 'void', { goesOn: true })
  if (refusal !== undefined) {
    upstream.destroy()
    return refuse(deps, flow, refusal)
  }
  const caller = flow.outbound.switchTo?.(switchingHeaders(delivery, exchange))
  const latencyMs = elapsed(flow)
  if (caller === undefined) {
    upstream.destroy()
    return leave(delivery)
  }
  const tunnel = new Tunnel(caller, upstream, target.api.timeouts?.idleMs ?? DEFAULT_IDLE_MS)
  exchange.attempt?.passed(await tunnels.hold(tunnel))
  finish(deps, flow, { outcome: 'served', delivery: 'confirmed', latencyMs, ...ending(delivery, SWITCHING) })
}

/** The caller went away: before anything was settled nothing is owed. */
async function leave(delivery: ApiDelivery): Promise<void> {
  const { deps, flow, reservation } = delivery
  if (reservation !== undefined && flow.cost === 0n) return nobodyThere({ ...delivery, reservation })
  finish(deps, flow, { outcome: 'aborted', delivery: 'unconfirmed', ...ending(delivery, SWITCHING) })
}

function switchingHeaders(delivery: ApiDelivery, { headers }: ApiExchange): Record<string, string> {
  const { flow, target } = delivery
  const { 'content-length': _none, [PROTOCOL]: chosen, ...sent } = answerHeaders(delivery, headers, formatAmount(flow.cost))
  const protocol = answeredProtocol(flow.inbound.headers, chosen, target.upstream.hiddenProtocol)
  return { ...sent, ...(protocol === undefined ? {} : { [PROTOCOL]: protocol }), connection: 'Upgrade', upgrade: 'websocket' }
}
