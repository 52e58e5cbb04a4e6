import type { ApiTestResult } from '@faregate/admin'
import type { HttpApi, Prompt, Snapshot } from '@faregate/core'
import type { UpstreamClient } from '@faregate/gateway'
import { refusedBy } from '@faregate/gateway/apis/failure'
import type { PromptProbe } from '../apis/probe-prompt.ts'
import { collect, type Answer } from './collect-answer.ts'

export interface ApiTestDeps {
  snapshot: () => Snapshot
  upstream: Pick<UpstreamClient, 'send'>
  probePrompt: (prompt: Prompt) => Promise<PromptProbe>
}

/**
 * Asks the upstream of a published API for what lies at its base URL, with the API's secret: whatever it answers, it is there. Of a
 * prompt, looks whether its model is served. Never rejects.
 */
export async function testApi({ snapshot, upstream, probePrompt }: ApiTestDeps, name: string): Promise<ApiTestResult> {
  const api = snapshot().apis.get(name)
  if (api === undefined) return { ok: false, message: `There is no API "${name}" in force.`, status: null, latencyMs: 0 }
  const started = performance.now()
  const took = () => Math.round(performance.now() - started)
  try {
    if (api.kind === 'prompt') {
      const { model } = api.prompt
      const { unpriced, dead } = await probePrompt(api.prompt)
      const refusal = unpriced ?? dead
      return {
        ok: refusal === undefined,
        message: refusal ?? `Its model "${model}" is served, and has a price.`,
        status: null,
        latencyMs: took(),
      }
    }
    const { status, headers } = await ask(upstream, api)
    const refusal = refusedBy(name, status, headers)
    const message = refusal === undefined ? `It answers (HTTP ${status}).` : `It answered HTTP ${status} (${refusal.code}).`
    return { ok: refusal === undefined, message, status, latencyMs: took() }
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error), status: null, latencyMs: took() }
  }
}

function ask(upstream: ApiTestDeps['upstream'], { upstream: { baseUrl, header }, timeouts }: HttpApi): Promise<Answer> {
  const { origin, pathname } = new URL(baseUrl)
  const headers = header === undefined ? {} : { [header.name.toLowerCase()]: header.secret }
  return new Promise((resolve, reject) => {
    upstream.send({ origin, path: pathname, method: 'GET', headers, body: null, asSent: true, limits: timeouts }, collect(resolve, reject))
  })
}
