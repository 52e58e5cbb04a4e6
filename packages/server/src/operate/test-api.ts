import type { ApiTestResult } from '@faregate/admin'
import type { ModelsDefinition, PromptDefinition, Snapshot } from '@faregate/core'
import { askUpstream, type ApiUpstream, type UpstreamBook, type UpstreamClient } from '@faregate/gateway'
import { refusedBy } from '@faregate/gateway/apis/failure'
import type { ModelsProbe } from '../apis/probe-models.ts'
import { unreachable } from './collect-answer.ts'

export interface ApiTestDeps {
  snapshot: () => Snapshot
  upstream: Pick<UpstreamClient, 'send'>
  upstreams: Pick<UpstreamBook, 'compile'>
  probeModels: (definition: PromptDefinition | ModelsDefinition) => Promise<ModelsProbe>
}

/** Whoever asks waits for the answer: not for as long as a call may take. Milliseconds. */
const FIRST_BYTE_MS = 10_000

type Member = ApiUpstream['pool']['members'][number]
type Found = Omit<ApiTestResult, 'latencyMs'>

/**
 * Asks each upstream of a published API for what lies at its base URL, with the API's secret: whatever it answers, it is there. Of what is
 * made of models, looks whether they are served. Never rejects.
 */
export async function testApi(deps: ApiTestDeps, name: string): Promise<ApiTestResult> {
  const api = deps.snapshot().apis.get(name)
  if (api === undefined) return { ok: false, message: `There is no API "${name}" in force.`, status: null, latencyMs: 0 }
  const started = performance.now()
  const found = await (api.kind === 'http' ? testService(deps, name, deps.upstreams.compile(api)) : testModels(deps, api))
  return { ...found, latencyMs: Math.round(performance.now() - started) }
}

async function testModels({ probeModels }: ApiTestDeps, definition: PromptDefinition | ModelsDefinition): Promise<Found> {
  try {
    const { unpriced, dead } = await probeModels(definition)
    const refusal = unpriced ?? dead
    return { ok: refusal === undefined, message: refusal ?? servedText(definition), status: null }
  } catch (error) {
    return { ok: false, message: messageOf(error), status: null }
  }
}

function servedText(definition: PromptDefinition | ModelsDefinition): string {
  if (definition.kind === 'prompt') return `Its model "${definition.prompt.model}" is served, and has a price.`
  return `Its models are served, and have prices: ${Object.entries(definition.models)
    .map(([name, model]) => `${name} (${model})`)
    .join(', ')}.`
}

async function testService({ upstream: client }: ApiTestDeps, name: string, upstream: ApiUpstream): Promise<Found> {
  const found = await Promise.all(upstream.pool.members.map((member) => testMember(client, name, upstream, member)))
  const worst = found.find(({ ok }) => !ok) ?? found[0]
  const several = found.length > 1
  return {
    ok: found.every(({ ok }) => ok),
    message: found.map(({ baseUrl, message }) => (several ? `${baseUrl}: ${message}` : message)).join(' '),
    status: worst?.status ?? null,
  }
}

interface Tested {
  baseUrl: string
  ok: boolean
  message: string
  status: number | null
}

async function testMember(client: ApiTestDeps['upstream'], name: string, upstream: ApiUpstream, member: Member): Promise<Tested> {
  const { baseUrl } = member
  const failed = (message: string): Tested => ({ baseUrl, ok: false, message, status: null })
  const firstByteMs = Math.min(upstream.timeouts?.firstByteMs ?? FIRST_BYTE_MS, FIRST_BYTE_MS)
  const limits = { ...upstream.timeouts, firstByteMs }
  // What follows the head may never end, and says nothing more of whether the service is there.
  const enough = new AbortController()
  const answer = await askUpstream(client, upstream, member, { path: '', limits, stop: enough.signal })
  enough.abort()
  if ('tokenless' in answer) return failed(`There is no token: ${answer.tokenless}.`)
  if ('broken' in answer) return failed(unreachable(answer.broken).message)
  const { status, headers } = answer
  const refusal = refusedBy(name, status, headers)
  const message = refusal === undefined ? `It answers (HTTP ${status}).` : `It answered HTTP ${status} (${refusal.code}).`
  return { baseUrl, ok: refusal === undefined, message, status }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
