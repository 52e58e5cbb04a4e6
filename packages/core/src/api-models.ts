import type { ApiAuthentication } from './api-callers.ts'
import type { ApiPresentation } from './api-presentation.ts'
import type { ApiRoute } from './api.ts'
import { PLAN_FEATURES, type CallFeature } from './plan-features.ts'

/** What callers of models that are published as an API can use: kinds of calls, ways of making them, and images in what is asked. */
export const MODEL_API_FEATURES = [...PLAN_FEATURES, 'imageInput'] as const

export type ModelApiFeature = (typeof MODEL_API_FEATURES)[number]

/** Where a policy says nothing of it: conversations, with everything in them. */
const DEFAULT_FEATURES: readonly ModelApiFeature[] = ['chat', 'streaming', 'tools', 'imageInput']

/** What stands where callers say nothing. */
export interface ModelDefaults {
  /** Tokens of output. */
  maxTokens?: number | undefined
  temperature?: number | undefined
  topP?: number | undefined
}

/** Within which bounds models that are published as an API are called. */
export interface ModelPolicy {
  features?: ModelApiFeature[] | undefined
  /** Tokens of output that a call can ask for; absent: as for any call of the model. */
  maxTokens?: number | undefined
  defaults?: ModelDefaults | undefined
  /** The model is told it before whatever its callers tell it. */
  system?: string | undefined
}

/** What the definition of models that are published as an API holds beside its name. */
export interface ModelsDefinition {
  kind: 'model'
  prefix: string
  /** Made by {@link inStaging}, and kept nowhere; absent: it is that of production. */
  stage?: 'staging' | undefined
  /** Models of this installation, by the names that callers use. */
  models: Record<string, string>
  /** Absent: conversations are taken as they come. */
  policy?: ModelPolicy | undefined
  /** Absent: keys of the gateway, in the headers in which they always can be. */
  authentication?: ApiAuthentication | undefined
  /** Made of the definition, and kept under its hash; absent: it is defined in the configuration file. */
  document?: string | undefined
  presentation?: ApiPresentation | undefined
}

/** Whether callers can use something. */
export function offers({ features = [...DEFAULT_FEATURES] }: ModelPolicy = {}, feature: ModelApiFeature): boolean {
  return features.includes(feature)
}

/** Where models are called below a prefix, as the routes of such an API are named. */
const CALLS: readonly [feature: CallFeature, path: string, free?: true][] = [
  ['chat', '/v1/chat/completions'],
  ['chat', '/v1/responses'],
  ['chat', '/v1/completions'],
  ['chat', '/v1/messages'],
  ['chat', '/v1/messages/count_tokens', true],
  ['chat', '/v1beta/models/*'],
  ['chat', '/v2/chat'],
  ['chat', '/ollama/api/chat'],
  ['chat', '/ollama/api/generate'],
  ['embeddings', '/v1/embeddings'],
  ['embeddings', '/v2/embed'],
  ['embeddings', '/ollama/api/embed'],
  ['rerank', '/v2/rerank'],
  ['rerank', '/v1/rerank'],
  ['moderations', '/v1/moderations'],
  ['images', '/v1/images/generations'],
  ['images', '/v1/images/edits'],
  ['audio', '/v1/audio/speech'],
  ['audio', '/v1/audio/transcriptions'],
  ['audio', '/v1/audio/translations'],
]

/** What can be called of published models: it costs what they cost. */
export function modelRoutes({ policy }: Pick<ModelsDefinition, 'policy'>): ApiRoute[] {
  const calls = CALLS.filter(([feature]) => offers(policy, feature)).map(([, path, free]): ApiRoute => ({
    method: 'POST',
    path,
    ...(free === true ? { free } : { chargeOn: ['2xx'] }),
  }))
  return [...calls, { method: 'GET', path: '/v1/models', free: true }]
}
