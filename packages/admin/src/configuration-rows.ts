import type { ApiDefinition, ApiListing, Retirement, Deployment, Millis } from '@faregate/core'

/** A provider's key as it is kept: sealed under the name `provider:<provider>:<id>`. */
export interface SealedKey {
  id: string
  sealed: string
  lastFour: string
  weight: number
  priority: number
}

export interface ProviderRow {
  name: string
  kind: string
  baseUrl: string
  keyless: boolean
  keys: SealedKey[]
  createdAt: Millis
}

/** What a model's definition holds beside its name; absent members have defaults elsewhere. */
export interface ModelDefinition {
  deployments: Deployment[]
  price?: Record<string, string>
  maxOutput?: number
  maxOutputWhenAbsent?: number
  sliceTokens?: number
  hiddenOutput?: boolean
  outputLimitMember?: 'max_tokens' | 'max_completion_tokens'
  unsupported?: 'refuse' | 'drop'
  retirement?: Retirement
}

export interface ModelRow extends ModelDefinition {
  name: string
  createdAt: Millis
}

/** A published API as it is kept: the secret header is sealed under {@link apiSealName}. */
export interface ApiRow extends ApiDefinition {
  name: string
  upstream: SealedUpstream
  /** The release that is in force. */
  release: number
  retirement?: Retirement | undefined
  listing?: ApiListing | undefined
  createdAt: Millis
}

export interface SealedUpstream {
  baseUrl: string
  header?: { name: string; sealed: string; lastFour: string } | undefined
}

/** An API as it is being designed: routes may have no price yet, and nothing may be behind it. */
export interface DraftDefinition extends ApiDefinition {
  upstream?: SealedUpstream | undefined
}

/** The draft of an API; each has one at most. */
export interface ApiDraftRow {
  name: string
  definition: DraftDefinition
  /** The release in force when it was begun; 0: none was. */
  base: number
  /** Counts its changes, from 1. */
  revision: number
  changedBy: string
  createdAt: Millis
  updatedAt: Millis
}

/** An API at one time, for ever. */
export interface ApiReleaseRow {
  api: string
  /** From 1. */
  number: number
  definition: ApiDefinition & { upstream: SealedUpstream }
  note: string | null
  /** What the doctor said against it, and was overridden; empty: nothing. */
  overridden: string[]
  publishedBy: string
  publishedAt: Millis
}
