import type { ApiDefinition, Deployment, Millis } from '@faregate/core'

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
}

export interface ModelRow extends ModelDefinition {
  name: string
  createdAt: Millis
}

/** A published API as it is kept: the secret header is sealed under {@link apiSealName}. */
export interface ApiRow extends ApiDefinition {
  name: string
  upstream: { baseUrl: string; header?: { name: string; sealed: string; lastFour: string } | undefined }
  createdAt: Millis
}
