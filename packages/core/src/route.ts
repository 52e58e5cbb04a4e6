import type { ApiEntry } from './api.ts'
import type { Retirement } from './retirement.ts'

/** A vendor's account: where it lives and which keys open it. Keys are clear text here and only here, in memory. */
export interface ProviderEntry {
  name: string
  /** A row of the provider table: `openai`, `openai-compatible`, `demo`, … */
  kind: string
  /** Without a trailing slash. */
  baseUrl: string
  keys: ProviderKey[]
  /** True where the vendor needs no key (a local server, the demo). */
  keyless: boolean
  managedBy: ManagedBy
}

export interface ProviderKey {
  id: string
  secret: string
  weight: number
  /** Lower is tried first. */
  priority: number
}

/** Where an entry was defined: a place in the configuration file, or the database. */
export type ManagedBy =
  | { source: 'file'; file: string; line: number }
  | { source: 'database' }
  | { source: 'environment'; variable: string }

/** One upstream that can serve a model. */
export interface Deployment {
  provider: string
  /** The name that the provider uses. */
  model: string
  weight: number
  /** Lower is tried first; absent: 0. Others come when those before them fail. */
  priority?: number | undefined
  /** Members of the body that are sent where the caller did not send them, in the upstream's own words. */
  parameters?: Record<string, unknown> | undefined
}

/** A name that callers use. */
export interface ModelEntry {
  name: string
  deployments: Deployment[]
  /** Decimal strings per million units, by bucket; absent: the catalogue's. */
  price?: Record<string, string>
  /** The most output tokens that the model can make in one answer. */
  maxOutput?: number
  /** What is used when the caller gives no limit. */
  maxOutputWhenAbsent?: number
  sliceTokens?: number
  /** True where output can be billed without being seen (reasoning): no slicing. */
  hiddenOutput?: boolean
  /** The member that carries the output limit upstream. */
  outputLimitMember?: 'max_tokens' | 'max_completion_tokens'
  /** What a deployment cannot be told in its vendor's words; absent: it is refused. The caller's own wish goes first. */
  unsupported?: 'refuse' | 'drop'
  retirement?: Retirement
  managedBy: ManagedBy
}

/** The configuration in force, immutable; a change makes a new one with a higher version. */
export interface Snapshot {
  version: number
  providers: ReadonlyMap<string, ProviderEntry>
  models: ReadonlyMap<string, ModelEntry>
  /** What is published below prefixes, by name. */
  apis: ReadonlyMap<string, ApiEntry>
  /** What of it is in staging, by name: whether or not anything is in production. */
  staged: ReadonlyMap<string, ApiEntry>
  /** Models of configured providers are callable as `provider/model` without an entry. */
  allModels: boolean
  currency: string
}

/** The name under which a provider's key is sealed: a sealed key opens for its own provider and id only. */
export function providerKeySealName(provider: string, keyId: string): string {
  return `provider:${provider}:${keyId}`
}
