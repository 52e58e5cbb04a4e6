import type { ProviderTestResult } from '@faregate/admin'
import type { ProviderEntry } from '@faregate/core'
import { lastFourOf } from '@faregate/identity'
import type { Vendor } from '@faregate/wire'
import { collect, type Answer } from './collect-answer.ts'
import type { ProviderTestDeps } from './test-provider.ts'

/** Whoever asks waits for the answer. */
const LIMITS = { connectMs: 5_000, firstByteMs: 5_000, silenceMs: 5_000 }

type Key = Pick<ProviderEntry['keys'][number], 'secret'>
type Found = Omit<ProviderTestResult, 'latencyMs' | 'model'>

/**
 * Asks a provider, with each of its keys, for what costs nothing, and tells which it refuses. A status of null with `ok` says that
 * only a call of a model would tell. Never rejects.
 */
export async function testProviderKeys(deps: ProviderTestDeps, name: string): Promise<ProviderTestResult> {
  const provider = deps.snapshot().providers.get(name)
  const vendor = provider === undefined ? undefined : deps.vendors.get(provider.kind)
  const started = performance.now()
  const found = provider === undefined || vendor === undefined ? absent(name) : await askAll(deps.upstream, provider, vendor)
  return { ...found, latencyMs: Math.round(performance.now() - started), model: null }
}

function absent(name: string): Found {
  return { ok: false, message: `There is no provider "${name}" in force.`, status: null }
}

async function askAll(upstream: ProviderTestDeps['upstream'], provider: ProviderEntry, vendor: Vendor): Promise<Found> {
  const { keyCheck } = vendor
  if (keyCheck === undefined) return { ok: true, message: 'Only a call of a model tells whether its keys are taken.', status: null }
  const keys: (Key | undefined)[] = provider.keys.length === 0 && provider.keyless ? [undefined] : provider.keys
  if (keys.length === 0) return { ok: false, message: 'It has no key.', status: null }
  const found = await Promise.all(keys.map((key) => ask(upstream, provider, vendor, keyCheck, key)))
  const wrong = found.filter(({ ok }) => !ok)
  const [first] = wrong.length > 0 ? wrong : found
  return {
    ok: wrong.length === 0,
    message: (wrong.length > 0 ? wrong : found.slice(0, 1)).map(({ message }) => message).join(' '),
    status: first?.status ?? null,
  }
}

async function ask(
  upstream: ProviderTestDeps['upstream'],
  provider: ProviderEntry,
  vendor: Vendor,
  keyCheck: string,
  key: Key | undefined,
): Promise<Found> {
  try {
    return verdict(vendor, await get(upstream, provider, vendor, keyCheck, key), key)
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error), status: null }
  }
}

/** A key may be one that calls models and lists none (403): only what says that nobody has it is held against it. */
function verdict(vendor: Vendor, answer: Answer, key: Key | undefined): Found {
  const { status } = answer
  if (status >= 200 && status < 300) return { ok: true, message: `It answers (HTTP ${status}).`, status }
  const { code } = vendor.classify(answer)
  const refused = code === 'provider_account_unpaid' || (code === 'provider_auth_failed' && status !== 403)
  if (!refused) return { ok: true, message: `It answers (HTTP ${status}), which tells nothing of its keys.`, status }
  const which = key === undefined ? 'It' : `The key …${lastFourOf(key.secret)} is refused: it`
  return { ok: false, message: `${which} answered HTTP ${status} (${code}).`, status }
}

async function get(
  upstream: ProviderTestDeps['upstream'],
  provider: ProviderEntry,
  vendor: Vendor,
  keyCheck: string,
  key: Key | undefined,
): Promise<Answer> {
  const [dialect = 'openai-chat'] = vendor.dialects
  const call = { dialect, model: '', stream: false, body: Buffer.alloc(0), headers: {}, query: '' }
  const { headers, origin } = await vendor.request(provider, key?.secret, call)
  const base = new URL(provider.baseUrl)
  const path = base.pathname.replace(/\/$/, '') + keyCheck
  return new Promise((resolve, reject) => {
    upstream.send({ origin: origin ?? base.origin, path, method: 'GET', headers, body: null, limits: LIMITS }, collect(resolve, reject))
  })
}
