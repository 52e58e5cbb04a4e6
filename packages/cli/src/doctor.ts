import type { Client, RouteOutput, Routes } from '@faregate/contract'
import type { Gateway } from './command.ts'
import { placeOf } from './place.ts'

/** One thing that was examined. */
export interface Finding {
  check: string
  result: 'ok' | 'warning' | 'failed'
  detail: string
  fix?: string
}

type Instance = RouteOutput<Routes['getInstance']>

/** Examines a running gateway through its own surface, in the order in which a fault would show. */
export async function examine(client: Client, gateway: Pick<Gateway, 'url' | 'fetch'>): Promise<Finding[]> {
  const instance = await client.getInstance({})
  const [ready, ledger, audit, models, prices, pending, keys] = await Promise.all([
    readiness(gateway),
    client.verifyLedger({}),
    client.verifyAudit({}),
    client.listModels({}),
    client.listPrices({}),
    client.listPendingPrices({}),
    client.listKeys({ query: { limit: 1 } }),
  ])
  return [
    { check: 'gateway', result: 'ok', detail: `version ${instance.version} at ${instance.publicUrl}, up ${instance.uptimeSeconds} s` },
    ...ready,
    addressFinding(instance.publicUrl),
    ...instance.providers.map(providerFinding),
    realProviders(instance),
    pricesFinding(models.data, prices.data),
    ...pendingFinding(pending.data),
    billingFinding(instance.billing),
    ledger.ok
      ? { check: 'ledger', result: 'ok', detail: 'every invariant holds' }
      : { check: 'ledger', result: 'failed', detail: `${ledger.violations.length} invariants are violated`, fix: 'faregate verify' },
    audit.ok
      ? { check: 'audit', result: 'ok', detail: 'the chain is whole' }
      : {
          check: 'audit',
          result: 'failed',
          detail: `the chain breaks at row ${audit.brokenAt ?? '?'}`,
          fix: 'compare with a backup: rows were changed outside the gateway',
        },
    keys.data.length > 0
      ? { check: 'keys', result: 'ok', detail: 'there are keys' }
      : { check: 'keys', result: 'warning', detail: 'there is no key yet', fix: 'faregate key create --credit 5' },
  ]
}

/** A customer who is refused for lack of balance must be told whom to ask. */
export function billingFinding(billing: Instance['billing']): Finding {
  if (billing.rail !== null)
    return { check: 'billing', result: 'ok', detail: `refusals for lack of balance link to a page (${billing.rail})` }
  const known = billing.topUpUrl ?? billing.contact
  if (known !== null) return { check: 'billing', result: 'ok', detail: `refusals for lack of balance name ${known}` }
  return {
    check: 'billing',
    result: 'warning',
    detail: 'a customer without balance is not told whom to ask',
    fix: 'faregate settings set billing.contact ADDRESS, or billing.topUpUrl',
  }
}

const LOOPBACK = /^https?:\/\/(127\.|localhost|\[::1\])/

/** Keys travel with every request: beyond this machine they need TLS, and links need the address that callers use. */
export function addressFinding(publicUrl: string): Finding {
  if (LOOPBACK.test(publicUrl)) return { check: 'address', result: 'ok', detail: 'callers are on this machine' }
  if (/^https?:\/\/(0\.0\.0\.0|\[::\])/.test(publicUrl)) {
    return { check: 'address', result: 'warning', detail: `links name ${publicUrl}`, fix: 'set publicUrl to the address that callers use' }
  }
  if (publicUrl.startsWith('https:')) return { check: 'address', result: 'ok', detail: publicUrl }
  return {
    check: 'address',
    result: 'warning',
    detail: `keys travel unencrypted to ${publicUrl}`,
    fix: 'set tls, or put a proxy with TLS in front and set publicUrl to https',
  }
}

type Models = RouteOutput<Routes['listModels']>['data']
type Prices = RouteOutput<Routes['listPrices']>['data']

/** A model without a price is refused at its first call; better to know before. */
export function pricesFinding(
  models: Pick<Models[number], 'name' | 'deployments' | 'price'>[],
  prices: Pick<Prices[number], 'name'>[],
): Finding {
  const priced = new Set(prices.map((price) => price.name))
  const without = models.filter(
    (model) =>
      model.price === null && !priced.has(model.name) && model.deployments.some((one) => !priced.has(`${one.provider}/${one.model}`)),
  )
  if (without.length === 0) return { check: 'prices', result: 'ok', detail: `each of ${models.length} models has a price` }
  const names = without.map((model) => model.name).join(', ')
  return {
    check: 'prices',
    result: 'failed',
    detail: `no price for ${names}: calls are refused`,
    fix: 'faregate price set PROVIDER/MODEL input=0.05 output=0.40',
  }
}

/** Until someone has decided, callers pay what they paid before, whatever the vendor takes by now. */
export function pendingFinding(pending: { name: string }[]): Finding[] {
  if (pending.length === 0) return []
  const names = pending.map(({ name }) => name).join(', ')
  return [{ check: 'price changes', result: 'warning', detail: `waiting for approval: ${names}`, fix: 'faregate price pending' }]
}

function providerFinding(provider: Instance['providers'][number]): Finding {
  const check = `provider ${provider.name}`
  const where = `${provider.kind} at ${provider.baseUrl}, ${whence(placeOf(provider.managedBy))}`
  if (provider.state !== 'failing') return { check, result: 'ok', detail: where }
  return { check, result: 'failed', detail: `${where}: ${provider.lastError ?? 'failing'}`, fix: `faregate provider test ${provider.name}` }
}

function whence(place: string): string {
  return place === 'built in' ? place : `defined in ${place}`
}

function realProviders(instance: Instance): Finding {
  const real = instance.providers.filter((provider) => provider.kind !== 'demo')
  if (real.length > 0) return { check: 'providers', result: 'ok', detail: `${real.length} connected` }
  return {
    check: 'providers',
    result: 'warning',
    detail: 'only the demo answers',
    fix: 'faregate provider add openai --key-from OPENAI_API_KEY',
  }
}

interface ReadyCheck {
  name: string
  ok: boolean
  required: boolean
  detail: string
}

/** What `/readyz` says, check by check. */
async function readiness({ url, fetch }: Pick<Gateway, 'url' | 'fetch'>): Promise<Finding[]> {
  const answer = await fetch(`${url}/readyz`)
  const { checks = [] } = (await answer.json()) as { checks?: ReadyCheck[] }
  return checks.map(({ name, ok, required, detail }) => ({
    check: `ready: ${name}`,
    result: ok ? 'ok' : required ? 'failed' : 'warning',
    detail,
  }))
}
