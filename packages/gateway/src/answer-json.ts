import { sharedHeaders } from './answer-headers.ts'
import type { GatewayDeps } from './deps.ts'
import type { Flow } from './flow.ts'

/** Sends facts of the gateway's own as JSON: nothing that may be kept by a cache. */
export async function answerJson(deps: GatewayDeps, flow: Flow, facts: unknown, status = 200): Promise<void> {
  const body = Buffer.from(JSON.stringify(facts))
  flow.outbound.head(status, {
    ...sharedHeaders(deps, flow),
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'content-length': String(body.length),
  })
  await flow.outbound.end(body)
}
