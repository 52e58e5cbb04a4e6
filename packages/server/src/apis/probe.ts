import { guardedAgent } from '@faregate/gateway'
import { Agent, request } from 'undici'

const PROBE_MS = 3_000

export interface Prober {
  /** Why nothing answers at some of them; undefined: something does at each, whatever it says. `guarded`: an organization set them. */
  probe(baseUrls: readonly string[], guarded?: boolean): Promise<string | undefined>
  close(): Promise<void>
}

/** Looks whether upstreams answer. Those that the operator set may have private addresses, the others those that are `reachable`. */
export function createProber(milliseconds = PROBE_MS, reachable?: (address: string) => boolean): Prober {
  const direct = new Agent({ connect: { timeout: milliseconds } })
  const guardedFor = guardedAgent(milliseconds, reachable)
  const look = async (baseUrl: string, guarded: boolean): Promise<string | undefined> => {
    try {
      const agent = guarded ? guardedFor(baseUrl) : direct
      const answer = await request(baseUrl, { method: 'HEAD', dispatcher: agent, signal: AbortSignal.timeout(milliseconds) })
      await answer.body.dump()
      return undefined
    } catch (error) {
      return `${baseUrl}: ${reasonOf(error)}`
    }
  }
  return {
    close: () => Promise.all([direct.close(), guardedFor.close()]).then(() => undefined),
    async probe(baseUrls, guarded = false) {
      const found = await Promise.all(baseUrls.map((baseUrl) => look(baseUrl, guarded)))
      const dead = found.filter((reason) => reason !== undefined)
      return dead.length === 0 ? undefined : dead.join('; ')
    },
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return 'no answer in time'
  return 'code' in error ? String(error.code) : error.message
}
