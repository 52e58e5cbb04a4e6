import type { ProviderTestResult } from '@faregate/admin'
import type { ProviderEntry, Snapshot } from '@faregate/core'
import type { UpstreamClient, UpstreamSink } from '@faregate/gateway'
import { DIALECTS, upstreamDialect, type Conversation, type UpstreamDialect, type Vendor } from '@faregate/wire'
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

/** What is asked, and in which words: a key is only proven by a call as customers make them. */
interface Question {
  dialect: UpstreamDialect
  model: string
  body: Buffer
}

const KEPT_BYTES = 65_536
/** The least that every vendor takes. */
const OUTPUT_TOKENS = 16

const PING: Conversation = {
  stream: false,
  turns: [{ role: 'user', parts: [{ type: 'text', text: 'ping', at: '' }], at: '' }],
  others: {},
}

/**
 * Makes one real, small call with the provider's first key, in the words in which it is called for customers, and outside of
 * any customer's money. Never rejects.
 */
export async function testProvider(deps: ProviderTestDeps, name: string): Promise<ProviderTestResult> {
  const provider = deps.snapshot().providers.get(name)
  const vendor = provider === undefined ? undefined : deps.vendors.get(provider.kind)
  if (provider === undefined || vendor === undefined) return failed(`There is no provider "${name}" in force.`)
  const model = modelAt(deps.snapshot(), provider)
  if (model === undefined) return failed('No model is deployed there: give one a deployment at this provider, then test again.')
  const started = performance.now()
  try {
    const question = asked(vendor, model)
    const answer = await call(deps.upstream, provider, vendor, question)
    return { ...verdict(vendor, question, answer), status: answer.status, latencyMs: Math.round(performance.now() - started), model }
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

function asked(vendor: Vendor, model: string): Question {
  const name = (vendor.dialectsOf?.(model) ?? vendor.dialects).find((one) => DIALECTS.some((known) => known === one)) ?? 'openai-chat'
  const dialect = upstreamDialect(name)
  const quirks = { outputLimitMember: vendor.outputLimitMember, ...vendor.quirks }
  const { body } = dialect.encodeRequest(PING, { model, outputLimit: OUTPUT_TOKENS, quirks })
  return { dialect, model, body }
}

function verdict(vendor: Vendor, { dialect }: Question, answer: Answer): Pick<ProviderTestResult, 'ok' | 'message'> {
  if (answer.status >= 200 && answer.status < 300) {
    const ok = vendor.answer !== undefined || dialect.readAnswer(Buffer.from(answer.body)) !== undefined
    return { ok, message: ok ? 'It answers.' : `It answered HTTP ${answer.status}, but no answer of a model: check its base URL.` }
  }
  const { code } = vendor.classify({ status: answer.status, headers: answer.headers, body: answer.body })
  return { ok: false, message: `It answered HTTP ${answer.status} (${code}).` }
}

async function call(upstream: ProviderTestDeps['upstream'], provider: ProviderEntry, vendor: Vendor, question: Question): Promise<Answer> {
  const { dialect, model, body } = question
  if (vendor.answer !== undefined) {
    const { status, headers } = await vendor.answer(body, { signal: AbortSignal.timeout(5_000) })
    return { status, headers, body: '' }
  }
  const [key] = provider.keys.toSorted((a, b) => a.priority - b.priority)
  if (key === undefined && !provider.keyless) throw new Error('It has no key.')
  const made = await vendor.request(provider, key?.secret, { dialect: dialect.name, model, stream: false, body, headers: {}, query: '' })
  const base = new URL(provider.baseUrl)
  const request = {
    origin: made.origin ?? base.origin,
    path: base.pathname.replace(/\/$/, '') + made.path,
    headers: { 'content-type': 'application/json', ...made.headers },
    body: made.body ?? body,
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
