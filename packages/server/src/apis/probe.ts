import { Agent, request } from 'undici'

const PROBE_MS = 3_000

export interface Prober {
  /** Why nothing answers there; undefined: something does, whatever it says. */
  probe(baseUrl: string): Promise<string | undefined>
  close(): Promise<void>
}

/** Looks whether upstreams answer. They are set by whoever may publish, so their addresses may be private. */
export function createProber(milliseconds = PROBE_MS): Prober {
  const agent = new Agent({ connect: { timeout: milliseconds } })
  return {
    close: () => agent.close(),
    async probe(baseUrl) {
      try {
        const answer = await request(baseUrl, { method: 'HEAD', dispatcher: agent, signal: AbortSignal.timeout(milliseconds) })
        await answer.body.dump()
        return undefined
      } catch (error) {
        return `${baseUrl}: ${reasonOf(error)}`
      }
    },
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return 'no answer in time'
  return 'code' in error ? String(error.code) : error.message
}
