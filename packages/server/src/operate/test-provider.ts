import type { ProviderTestResult } from '@faregate/admin'
import type { ProviderEntry, Snapshot } from '@faregate/core'
import type { UpstreamClient, UpstreamSink } from '@faregate/gateway'
import type { Vendor } from '@faregate/wire'
import { FIRST_MODELS } from '../start/first-models.ts'

export interface ProviderTestDeps {
  snapshot: () => Snapshot
  vendors: ReadonlyMap<string, Vendor>
  upstream: Pick<UpstreamClient, 'send'>
}

/** An upstream's answer, collected. */
interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
}

const KEPT_BYTES = 65_536

/** Makes one real, small call with the provider's first key, outside of any customer's money. Never rejects. */
export async function testProvider(deps: ProviderTestDeps, name: string): Promise<ProviderTestResult> {
  const provider = deps.snapshot().providers.get(name)
  const vendor = provider === undefined ? undefined : deps.vendors.get(provider.kind)
  if (provider === undefined || vendor === undefined) return failed(`There is no provider "${name}" in force.`)
  const model = modelAt(deps.snapshot(), provider)
  if (model === undefined) return failed('No model is deployed there: give one a deployment at this provider, then test again.')
  const started = performance.now()
  const body = Buffer.from(JSON.stringify({ model, messages: [{ role: 'user', content: 'ping' }], [vendor.outputLimitMember]: 16 }))
  try {
    const answer = await call(deps.upstream, provider, vendor, body)
    return { ...verdict(vendor, answer), status: answer.status, latencyMs: Math.round(performance.now() - started), model }
  } catch (error) {
    return { ...failed(String(error instanceof Error ? error.message : error)), latencyMs: Math.round(performance.now() - started), model }
  }
}

function failed(message: string): ProviderTestResult {
  return { ok: false, message, status: null, latencyMs: 0, model: null }
}

function modelAt(snapshot: Snapshot, provider: ProviderEntry): string | undefined {
  const deployed = [...snapshot.models.values()]
    .flatMap(({ deployments }) => deployments)
    .find((deployment) => deployment.provider === provider.name)
  return deployed?.model ?? FIRST_MODELS[provider.kind]
}

function verdict(vendor: Vendor, answer: Answer): Pick<ProviderTestResult, 'ok' | 'message'> {
  if (answer.status >= 200 && answer.status < 300) return { ok: true, message: 'It answers.' }
  const { code } = vendor.classify({ status: answer.status, headers: answer.headers, body: answer.body })
  return { ok: false, message: `It answered HTTP ${answer.status} (${code}).` }
}

async function call(upstream: ProviderTestDeps['upstream'], provider: ProviderEntry, vendor: Vendor, body: Buffer): Promise<Answer> {
  if (vendor.answer !== undefined) {
    const { status, headers } = await vendor.answer(body, { signal: AbortSignal.timeout(5_000) })
    return { status, headers, body: '' }
  }
  const [key] = provider.keys.toSorted((a, b) => a.priority - b.priority)
  if (key === undefined && !provider.keyless) throw new Error('It has no key.')
  const { path, headers } = await vendor.request(provider, key?.secret, {
    dialect: 'openai-chat',
    model: '',
    stream: false,
    body,
    headers: {},
    query: '',
  })
  const base = new URL(provider.baseUrl)
  const request = {
    origin: base.origin,
    path: base.pathname.replace(/\/$/, '') + path,
    headers: { 'content-type': 'application/json', ...headers },
    body,
  }
  return new Promise((resolve, reject) => {
    upstream.send(request, collect(resolve, reject))
  })
}

function collect(resolve: (answer: Answer) => void, reject: (error: Error) => void): UpstreamSink {
  const answer: Answer = { status: 0, headers: {}, body: '' }
  return {
    head: (status, headers) => Object.assign(answer, { status, headers }),
    data: (chunk) => {
      if (answer.body.length < KEPT_BYTES) answer.body += chunk.toString('utf8')
    },
    end: () => resolve(answer),
    error: ({ reason, detail }) => reject(new Error(`It cannot be reached (${reason}): ${detail}`)),
  }
}
