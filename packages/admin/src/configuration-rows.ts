import type { FieldChange } from '@faregate/lifecycle'
import type {
  ApiAuthentication,
  ApiListing,
  ApiUpstream,
  CanaryTerms,
  Deployment,
  HttpDefinition,
  IntrospectionTerms,
  Millis,
  ModelsDefinition,
  OAuthClient,
  PromptDefinition,
  Retirement,
} from '@faregate/core'

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

/** How callers prove who they are, with the secret for it sealed. */
interface SealedCallers {
  authentication?: SealedAuthentication | undefined
}

/** What of a service is kept beside its definition, its secrets sealed. */
interface SealedParts extends SealedCallers {
  staging?: SealedStaging | undefined
}

/** A prompt, and models, as they are kept. */
export type SealedPrompt = PromptDefinition & SealedCallers
export type SealedModels = ModelsDefinition & SealedCallers

/** What is in force of an API, and in its releases: each of its secrets is sealed under {@link apiSealName}. */
export type KeptDefinition = (HttpDefinition & SealedParts & { upstream: SealedUpstream }) | SealedPrompt | SealedModels

/** What is said of an API and of none of its releases. */
interface OfTheApi {
  name: string
  retirement?: Retirement | undefined
  listing?: ApiListing | undefined
  /** Whose it is; absent: the operator's. */
  organization?: string | undefined
  createdAt: Millis
}

/** A published API as it is kept, before it is known as which release. */
export type UnreleasedApi = KeptDefinition & OfTheApi

/** A published API as it is kept, with the release that is in force, and the one that is tried beside it. */
export type ApiRow = UnreleasedApi & { release: number; canary?: CanaryRow | undefined }

export interface CanaryRow extends CanaryTerms {
  release: number
}

/** What is behind an API in staging. */
export interface SealedStaging {
  upstream?: SealedUpstream | undefined
  upstreams?: ApiUpstream[] | undefined
}

export interface SealedUpstream {
  /** Of the first, where there are several. */
  baseUrl: string
  header?: ({ name: string } & SealedSecret) | undefined
  basic?: ({ user: string } & SealedSecret) | undefined
  oauth?: (OAuthClient & SealedSecret) | undefined
  /** The key is sealed. */
  mutualTls?: { certificate: string; sealed: string } | undefined
  ca?: string[] | undefined
}

export interface SealedAuthentication extends ApiAuthentication {
  introspection?: (IntrospectionTerms & SealedSecret) | undefined
}

export interface SealedSecret {
  sealed: string
  lastFour: string
}

/** A service as it is being designed: routes may have no price yet, and nothing may be behind it. */
export type HttpDraft = HttpDefinition & SealedParts & { upstream?: SealedUpstream | undefined }

/** An API as it is being designed. */
export type DraftDefinition = HttpDraft | SealedPrompt | SealedModels

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
  definition: KeptDefinition
  note: string | null
  /** What the doctor said against it, and was overridden; empty: nothing. */
  overridden: string[]
  publishedBy: string
  publishedAt: Millis
  /** The release in force when it was made; 0: none was. */
  base: number
  /** When it was first in force for all callers; null: it never was. */
  inForceAt: Millis | null
}

/** What somebody asked for, to which somebody else agrees. */
export interface ApiRequestRow extends ApiRequestDecision {
  id: string
  api: string
  action: 'publish' | 'canary' | 'promote' | 'promoteStaged' | 'dropApproval'
  /** Of the call that it stands for. */
  body: unknown
  /** The release in force when it was asked for; 0: none was. */
  base: number
  changes: FieldChange[]
  overridden: string[]
  /** The token. */
  askedBy: string
  /** Whose token that is. */
  person: string
  createdAt: Millis
}

export interface ApiRequestDecision {
  state: 'pending' | 'approved' | 'rejected'
  decidedBy: string | null
  decidedAt: Millis | null
  reason: string | null
}
