import type { ManagedBy, ModelEntry, ProviderEntry } from '@faregate/core'
import type { AdminDeps } from '../deps.ts'
import type { ModelRow, ProviderRow } from '../configuration-rows.ts'
import type { PriceRow } from '../rows.ts'
import { presentRetirement } from './retirement.ts'
import { timeText } from './time.ts'

const DATABASE: ManagedBy = { source: 'database' }

/** Fewer characters than this would tell too much of a secret. */
const SHORTEST_RECOGNISABLE = 12

/** What a secret is recognised by: its last four characters, or nothing where it is short. */
export function lastFourOf(secret: string): string {
  return secret.length < SHORTEST_RECOGNISABLE ? '' : secret.slice(-4)
}

/** A provider without its secrets, whether it comes from the configuration in force or from the database. */
export function presentProvider(deps: AdminDeps, entry: ProviderEntry | ProviderRow) {
  const { state, lastError, lastErrorAt } = deps.providerState(entry.name)
  return {
    name: entry.name,
    kind: entry.kind,
    baseUrl: entry.baseUrl,
    keyless: entry.keyless,
    keys: entry.keys.map((key) => ({
      id: key.id,
      weight: key.weight,
      priority: key.priority,
      lastFour: 'secret' in key ? lastFourOf(key.secret) : key.lastFour,
    })),
    state,
    lastError: lastError ?? null,
    lastErrorAt: lastErrorAt === undefined ? null : timeText(lastErrorAt),
    managedBy: 'managedBy' in entry ? entry.managedBy : DATABASE,
  }
}

export function presentModel(entry: ModelEntry | ModelRow) {
  return {
    name: entry.name,
    deployments: entry.deployments,
    price: entry.price ?? null,
    maxOutput: entry.maxOutput ?? null,
    maxOutputWhenAbsent: entry.maxOutputWhenAbsent ?? null,
    sliceTokens: entry.sliceTokens ?? null,
    hiddenOutput: entry.hiddenOutput ?? null,
    outputLimitMember: entry.outputLimitMember ?? null,
    unsupported: entry.unsupported ?? null,
    retirement: presentRetirement(entry),
    managedBy: 'managedBy' in entry ? entry.managedBy : DATABASE,
  }
}

export function presentPrice({ name, provider, model, rates, version }: PriceRow) {
  return { name, provider, model, price: rates, version, managedBy: DATABASE }
}
