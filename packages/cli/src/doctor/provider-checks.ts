import { shellWord } from '@faregate/core'
import { randomUUID } from 'node:crypto'
import { placeOf } from '../place.ts'
import { ifAllowed, type Tested } from './asking.ts'
import type { Check, Finding } from './finding.ts'
import type { Instance, Providers, Rig } from './rig.ts'

type Provider = Providers[number]

/** Each provider: has it a key, does it take it, does it answer. */
export const providers: Check = async (rig) => {
  const known = await rig.providers()
  return Promise.all(known.map(async (provider) => providerFinding(provider, await tested(rig, provider))))
}

/** What asking it found; `undefined`: it was not asked, or that tells nothing. */
async function tested({ client, asks }: Rig, { name, kind, keyless, keys }: Provider): Promise<Tested | undefined> {
  if (asks === 'nothing' || kind === 'demo' || (!keyless && keys.length === 0)) return undefined
  const body = asks === 'a call' ? {} : { keysOnly: true as const }
  const found = await ifAllowed(client.testProvider({ params: { name }, body, idempotencyKey: randomUUID() }))
  return found?.ok === true && found.status === null ? undefined : found
}

export function providerFinding(provider: Provider, test: Tested | undefined): Finding {
  const { name, kind, baseUrl, keyless, keys, state, lastError } = provider
  const shared = { check: `provider ${name}`, place: placeOf(provider.managedBy) }
  const where = `${kind} at ${baseUrl}`
  const newKey = `faregate provider set ${shellWord(name)} --key-stdin`
  if (!keyless && keys.length === 0)
    return { ...shared, result: 'failed', detail: `${where}: it has no key, so that its models are refused`, fix: mendAt(provider, newKey) }
  if (test?.ok === false)
    return { ...shared, result: 'failed', detail: `${where}: ${test.message}`, fix: fixFor(provider, test.message, newKey) }
  // What costs nothing may be had of a provider that refuses calls.
  const proven = test?.ok === true && (state !== 'failing' || test.model !== null)
  if (proven) return { ...shared, result: 'ok', detail: `${where}: ${test.message}` }
  if (state === 'failing')
    return { ...shared, result: 'failed', detail: `${where}: ${lastError ?? 'failing'}`, fix: fixFor(provider, lastError ?? '', newKey) }
  const untried = state === 'unknown' && kind !== 'demo' ? ' (not called yet; --calls tries it)' : ''
  return { ...shared, result: 'ok', detail: where + untried }
}

/** A key that is refused is replaced; what else is wrong is seen by trying. */
function fixFor(provider: Provider, error: string, newKey: string): string {
  if (/provider_auth_failed|\b401\b|\b403\b/.test(error)) return mendAt(provider, newKey)
  if (error.includes('provider_account_unpaid')) return "pay the provider's bill, or connect another account"
  return `faregate provider test ${shellWord(provider.name)}`
}

/** What the file or the environment defines is changed there. */
function mendAt({ managedBy }: Provider, command: string): string {
  return managedBy.source === 'database' ? command : `change its key in ${placeOf(managedBy)} and restart`
}

export const realProviders: Check = async (rig) => [realProvidersFinding(await rig.instance())]

function realProvidersFinding(instance: Instance): Finding {
  const real = instance.providers.filter((provider) => provider.kind !== 'demo')
  if (real.length > 0) return { check: 'providers', result: 'ok', detail: `${real.length} connected` }
  return {
    check: 'providers',
    result: 'warning',
    detail: 'only the demo answers',
    fix: 'faregate provider add openai --key-from OPENAI_API_KEY',
  }
}
