import { Agent, request } from 'undici'

const PROBE_MS = 3_000

export interface Prober {
  /** Why nothing answers at some of them; undefined: something does at each, whatever it says. */
  probe(baseUrls: readonly string[]): Promise<string | undefined>
  close(): Promise<void>
}

/** Looks whether upstreams answer. They are set by whoever may publish, so their addresses may be private. */
export function createProber(milliseconds = PROBE_MS): Prober {
  const agent = new Agent({ connect: { timeout: milliseconds } })
  const look = async (baseUrl: string): Promise<string | undefined> => {
    try {
      const answer = await request(baseUrl, { method: 'HEAD', dispatcher: agent, signal: AbortSignal.timeout(milliseconds) })
      await answer.body.dump()
      return undefined
    } catch (error) {
      return `${baseUrl}: ${reasonOf(error)}`
    }
  }
  return {
    close: () => agent.close(),
    async probe(baseUrls) {
      const found = await Promise.all(baseUrls.map(look))
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
