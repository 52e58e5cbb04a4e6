import type { Client, RouteOutput, Routes } from '@faregate/contract'
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
export async function examine(client: Client, url: string): Promise<Finding[]> {
  const instance = await client.getInstance({})
  const [ready, ledger, audit, keys] = await Promise.all([readiness(url), client.verifyLedger({}), client.verifyAudit({}), client.listKeys({ query: { limit: 1 } })])
  return [
    { check: 'gateway', result: 'ok', detail: `version ${instance.version} at ${instance.publicUrl}, up ${instance.uptimeSeconds} s` },
    ...ready,
    ...instance.providers.map(providerFinding),
    realProviders(instance),
    modelsFinding(instance),
    ledger.ok
      ? { check: 'ledger', result: 'ok', detail: 'every invariant holds' }
      : { check: 'ledger', result: 'failed', detail: `${ledger.violations.length} invariants are violated`, fix: 'faregate verify' },
    audit.ok
      ? { check: 'audit', result: 'ok', detail: 'the chain is whole' }
      : { check: 'audit', result: 'failed', detail: `the chain breaks at row ${audit.brokenAt ?? '?'}`, fix: 'compare with a backup: rows were changed outside the gateway' },
    keys.data.length > 0
      ? { check: 'keys', result: 'ok', detail: 'there are keys' }
      : { check: 'keys', result: 'warning', detail: 'there is no key yet', fix: 'faregate key create --credit 5' },
  ]
}

function providerFinding(provider: Instance['providers'][number]): Finding {
  const check = `provider ${provider.name}`
  const where = `${provider.kind} at ${provider.baseUrl}, defined in ${placeOf(provider.managedBy)}`
  if (provider.state !== 'failing') return { check, result: 'ok', detail: where }
  return { check, result: 'failed', detail: `${where}: ${provider.lastError ?? 'failing'}`, fix: `faregate provider test ${provider.name}` }
}

function realProviders(instance: Instance): Finding {
  const real = instance.providers.filter((provider) => provider.kind !== 'demo')
  if (real.length > 0) return { check: 'providers', result: 'ok', detail: `${real.length} connected` }
  return { check: 'providers', result: 'warning', detail: 'only the demo answers', fix: 'faregate provider add openai --key-from OPENAI_API_KEY' }
}

function modelsFinding(instance: Instance): Finding {
  if (instance.models > 0) return { check: 'models', result: 'ok', detail: `${instance.models} can be called by name` }
  return { check: 'models', result: 'warning', detail: 'no model has an entry', fix: 'faregate model add NAME PROVIDER/MODEL, or set allModels: true' }
}

interface ReadyCheck {
  name: string
  ok: boolean
  required: boolean
  detail: string
}

/** What `/readyz` says, check by check. */
async function readiness(url: string): Promise<Finding[]> {
  const answer = await fetch(`${url}/readyz`)
  const { checks = [] } = (await answer.json()) as { checks?: ReadyCheck[] }
  return checks.map(({ name, ok, required, detail }) => ({ check: `ready: ${name}`, result: ok ? 'ok' : required ? 'failed' : 'warning', detail }))
}
