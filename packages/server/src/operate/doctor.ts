import type { Snapshot } from '@faregate/core'
import type { PriceBook } from '@faregate/gateway'
import type { Check } from '../health/ready.ts'
import type { ProviderHealth } from '../health/providers.ts'

/** One thing about the running installation that its operator should know. */
export interface Advice {
  check: string
  result: 'ok' | 'warning' | 'failed'
  detail: string
  fix?: string
}

export interface DoctorFacts {
  snapshot: Snapshot
  prices: PriceBook
  health: ProviderHealth
  billing: { topUpUrl?: string | undefined; contact?: string | undefined }
  host: string
  publicUrl: string | undefined
  tls: boolean
  ready: Check[]
}

const LOOPBACK = /^(127\.|::1$|localhost$)/

/** Examines the installation from inside: what a caller would stumble over later. */
export function examineInstallation(facts: DoctorFacts): Advice[] {
  return [...readiness(facts), payment(facts), address(facts), ...providers(facts), prices(facts)]
}

function readiness({ ready }: DoctorFacts): Advice[] {
  return ready.map(({ name, ok, required, detail }) => ({ check: name, result: ok ? 'ok' : required ? 'failed' : 'warning', detail }))
}

function payment({ billing }: DoctorFacts): Advice {
  const known = billing.topUpUrl ?? billing.contact
  if (known !== undefined) return { check: 'billing', result: 'ok', detail: `refusals for lack of balance name ${known}` }
  return {
    check: 'billing', result: 'warning', detail: 'a customer without balance is not told whom to ask',
    fix: 'set billing.contact or billing.topUpUrl',
  }
}

function address({ host, publicUrl, tls }: DoctorFacts): Advice {
  if (LOOPBACK.test(host)) return { check: 'address', result: 'ok', detail: `listens on ${host} alone` }
  if (publicUrl === undefined) {
    return { check: 'address', result: 'warning', detail: `it listens on ${host}, and links name that address`, fix: 'set publicUrl to the address that callers use' }
  }
  const open = publicUrl.startsWith('http:') && !tls
  if (open) return { check: 'address', result: 'warning', detail: 'keys travel unencrypted', fix: 'set tls, or put a proxy with TLS in front and set publicUrl to https' }
  return { check: 'address', result: 'ok', detail: publicUrl }
}

function providers({ snapshot, health }: DoctorFacts): Advice[] {
  const all = [...snapshot.providers.values()]
  if (all.every(({ kind }) => kind === 'demo')) {
    return [{ check: 'providers', result: 'warning', detail: 'only the demo answers', fix: 'set OPENAI_API_KEY, or add a provider to the configuration' }]
  }
  return all.map(({ name, keys, keyless }) => {
    const { state, lastError } = health.of(name)
    if (keys.length === 0 && !keyless) return { check: `provider ${name}`, result: 'failed', detail: 'it has no key', fix: `set its apiKey, or: faregate provider set ${name} --key-from VARIABLE` }
    if (state === 'failing') return { check: `provider ${name}`, result: 'failed', detail: lastError ?? 'its last calls failed', fix: `faregate provider test ${name}` }
    return { check: `provider ${name}`, result: 'ok', detail: state === 'ok' ? 'its last call was answered' : 'not called yet' }
  })
}

/** A model without a price is refused at its first call; better to know before. */
function prices({ snapshot, prices: book }: DoctorFacts): Advice {
  const unpriced = [...snapshot.models.values()].filter((model) =>
    model.deployments.some((deployment) => {
      const provider = snapshot.providers.get(deployment.provider)
      return provider !== undefined && book.charged(model, deployment, provider) === undefined
    }),
  )
  if (unpriced.length === 0) return { check: 'prices', result: 'ok', detail: 'every model has a price' }
  const names = unpriced.map(({ name }) => name).join(', ')
  return { check: 'prices', result: 'failed', detail: `no price for ${names}`, fix: 'set price on the model, or state a price of "0"' }
}
