import type { ProbeConnection } from '@faregate/admin'
import { boundedConnector, guardedAgent, isPublicAddress, type GuardedAgent, type Reachable } from '@faregate/gateway'
import { Agent, request, type Dispatcher } from 'undici'

const PROBE_MS = 3_000

export interface Prober {
  /**
   * Why nothing answers at some of them; undefined: something does at each, whatever it says. `guarded`: an organization set them.
   * `connection`: what is shown and trusted there, instead of the usual.
   */
  probe(baseUrls: readonly string[], guarded?: boolean, connection?: ProbeConnection): Promise<string | undefined>
  close(): Promise<void>
}

/** Looks whether upstreams answer. Those that the operator set may have private addresses, the others those that are `reachable`. */
export function createProber(milliseconds = PROBE_MS, reachable?: (address: string) => boolean): Prober {
  const direct = new Agent({ connect: { timeout: milliseconds } })
  const guardedFor = guardedAgent(milliseconds, reachable)
  const look = async (baseUrl: string, agentFor: (url: string) => Dispatcher): Promise<string | undefined> => {
    try {
      const agent = agentFor(baseUrl)
      const answer = await request(baseUrl, { method: 'HEAD', dispatcher: agent, signal: AbortSignal.timeout(milliseconds) })
      await answer.body.dump()
      return undefined
    } catch (error) {
      return `${baseUrl}: ${reasonOf(error)}`
    }
  }
  return {
    close: () => Promise.all([direct.close(), guardedFor.close()]).then(() => undefined),
    async probe(baseUrls, guarded = false, connection) {
      const own = connection && connectedAs(connection, milliseconds, guarded ? (reachable ?? isPublicAddress) : undefined)
      const agentFor = own ?? (guarded ? guardedFor : () => direct)
      const found = await Promise.all(baseUrls.map((baseUrl) => look(baseUrl, agentFor)))
      await own?.close()
      const dead = found.filter((reason) => reason !== undefined)
      return dead.length === 0 ? undefined : dead.join('; ')
    },
  }
}

/** An agent for one look, with what is shown and trusted there. */
function connectedAs({ ca, identity }: ProbeConnection, milliseconds: number, reachable: Reachable | undefined): GuardedAgent {
  const connect = boundedConnector(milliseconds, reachable, { ca, identity })
  const agent = new Agent({ connect })
  return Object.assign(() => agent, { close: () => agent.close() })
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return 'no answer in time'
  return 'code' in error ? String(error.code) : error.message
}
