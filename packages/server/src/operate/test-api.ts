import type { ApiTestResult } from '@faregate/admin'
import type { ApiEntry, Snapshot } from '@faregate/core'
import type { UpstreamClient } from '@faregate/gateway'
import { refusedBy } from '@faregate/gateway/apis/failure'
import { unreachable, type Answer } from './collect-answer.ts'

type Head = Pick<Answer, 'status' | 'headers'>

export interface ApiTestDeps {
  snapshot: () => Snapshot
  upstream: Pick<UpstreamClient, 'send'>
}

/** Asks the upstream of a published API for what lies at its base URL, with the API's secret: whatever it answers, it is there. Never rejects. */
export async function testApi({ snapshot, upstream }: ApiTestDeps, name: string): Promise<ApiTestResult> {
  const api = snapshot().apis.get(name)
  if (api === undefined) return { ok: false, message: `There is no API "${name}" in force.`, status: null, latencyMs: 0 }
  const started = performance.now()
  const took = () => Math.round(performance.now() - started)
  try {
    const { status, headers } = await ask(upstream, api)
    const refusal = refusedBy(name, status, headers)
    const message = refusal === undefined ? `It answers (HTTP ${status}).` : `It answered HTTP ${status} (${refusal.code}).`
    return { ok: refusal === undefined, message, status, latencyMs: took() }
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error), status: null, latencyMs: took() }
  }
}

/** The head of the answer: what follows may never end, and says nothing more of whether the service is there. */
async function ask(upstream: ApiTestDeps['upstream'], { upstream: { baseUrl, header }, timeouts }: ApiEntry): Promise<Head> {
  const { origin, pathname } = new URL(baseUrl)
  const headers = header === undefined ? {} : { [header.name.toLowerCase()]: header.secret }
  const answered = Promise.withResolvers<Head>()
  const running = upstream.send(
    { origin, path: pathname, method: 'GET', headers, body: null, asSent: true, limits: timeouts },
    {
      head: (status, said) => answered.resolve({ status, headers: said }),
      data: () => undefined,
      end: () => undefined,
      error: (failure) => answered.reject(unreachable(failure)),
    },
  )
  try {
    return await answered.promise
  } finally {
    running.abort()
  }
}
