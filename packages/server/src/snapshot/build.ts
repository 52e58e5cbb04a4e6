import type { ApiEntry, ManagedBy, ModelEntry, ProviderEntry, Snapshot } from '@faregate/core'

/** Everything that a snapshot is made of; earlier sources win over later ones of the same name. */
export interface SnapshotSources {
  version: number
  file: { providers: ProviderEntry[]; models: ModelEntry[]; apis: ApiEntry[] }
  /** Providers that variables such as OPENAI_API_KEY connect. */
  environment: ProviderEntry[]
  database: { providers: ProviderEntry[]; models: ModelEntry[]; apis: ApiEntry[]; staged: ApiEntry[] }
  /** The built-in demo: it answers while no other provider is connected, or alone if it was asked for. */
  demo: { provider: string; model: string; baseUrl: string; only: boolean }
  /** As set; undefined: the default. */
  allModels: boolean | undefined
  currency: string
}

const BUILT_IN: ManagedBy = { source: 'environment', variable: '--demo' }

/** Makes the configuration in force out of its sources. Pure. */
export function buildSnapshot(sources: SnapshotSources): Snapshot {
  const { file, environment, database, demo, version, currency } = sources
  // A kind that the file connects needs no second account from the environment.
  const fromEnvironment = environment.filter((entry) => !file.providers.some((other) => other.kind === entry.kind))
  const connected = demo.only ? [] : firstOfEachName([...file.providers, ...fromEnvironment, ...database.providers])
  const builtIn = demo.only || connected.length === 0
  const providers = builtIn ? [demoProvider(demo)] : connected
  const models = firstOfEachName([...file.models, ...database.models])
  const served = builtIn ? firstOfEachName([...models, demoModel(demo)]) : models
  return {
    version,
    providers: byName(providers),
    models: byName(served),
    apis: byName(firstOfEachName([...file.apis, ...database.apis])),
    staged: byName(database.staged),
    allModels: sources.allModels ?? (models.length === 0 && fromEnvironment.length > 0 && !builtIn),
    currency,
  }
}

function demoProvider(demo: SnapshotSources['demo']): ProviderEntry {
  return { name: demo.provider, kind: demo.provider, baseUrl: demo.baseUrl, keys: [], keyless: true, managedBy: BUILT_IN }
}

function demoModel(demo: SnapshotSources['demo']): ModelEntry {
  return { name: demo.model, deployments: [{ provider: demo.provider, model: demo.model, weight: 1 }], managedBy: BUILT_IN }
}

function firstOfEachName<T extends { name: string }>(entries: readonly T[]): T[] {
  return [...new Map(entries.toReversed().map((entry) => [entry.name, entry])).values()].toReversed()
}

function byName<T extends { name: string }>(entries: readonly T[]): Map<string, T> {
  return new Map(entries.map((entry) => [entry.name, entry]))
}
