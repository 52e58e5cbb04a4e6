import { modelRoutes, type ModelsDefinition } from './api-models.ts'
import type { ApiCanary } from './api-canary.ts'
import type { ApiListing, ApiPresentation } from './api-presentation.ts'
import type { ApiProxying, OAuthClient } from './api-proxying.ts'
import type { Prompt } from './prompt.ts'
import type { Retirement } from './retirement.ts'
import type { ManagedBy } from './route.ts'
import type { ApiChecks } from './saved-call.ts'
import type { ApiValidation } from './violation.ts'

/** Methods of HTTP that a route of a published API can take. HEAD is answered as its GET, OPTIONS as a preflight. */
export const API_METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** `*`: any of them. */
export type ApiMethod = (typeof API_METHODS)[number] | '*'

/** Answers of an upstream that a call can be charged for, by the first digit of their status. */
export const CHARGED_CLASSES = ['2xx', '3xx', '4xx'] as const

export type ChargedClass = (typeof CHARGED_CLASSES)[number]

/** Where a route says nothing of it. */
export const DEFAULT_CHARGE_ON: readonly ChargedClass[] = ['2xx', '3xx']

/** What callers of an API can ask for, and what that costs. Exactly one of `price` and `free` is there. */
export interface ApiRoute {
  method: ApiMethod
  /** Below the prefix: exact, with `{parameter}` for a segment, ending in `*` for whatever follows. */
  path: string
  /** Of one call, a decimal string in the installation's currency. */
  price?: string | undefined
  free?: true | undefined
  /** Absent: {@link DEFAULT_CHARGE_ON}. */
  chargeOn?: ChargedClass[] | undefined
  /** Switched off: it is there, and refused. */
  off?: true | undefined
}

/** What the definition of a published HTTP service holds beside its name and the secrets towards its upstream. */
export interface HttpDefinition extends ApiProxying {
  kind: 'http'
  /** Where callers find it: `/weather`, `/acme/weather`. */
  prefix: string
  routes: ApiRoute[]
  /** Milliseconds; absent: the gateway's own limits. */
  timeouts?: ApiTimeouts | undefined
  /** What becomes of `%2F` and `%5C` in a path; absent: refused. */
  encodedSlashes?: 'refuse' | 'pass' | undefined
  /** Under which hash its OpenAPI document is kept; absent: it has none. */
  document?: string | undefined
  /** Absent: calls are not compared with the document. */
  validation?: ApiValidation | undefined
  /** Absent: no calls are saved. */
  checks?: ApiChecks | undefined
  presentation?: ApiPresentation | undefined
}

/** The same of a prompt, which is an endpoint of its own over a model. */
export interface PromptDefinition {
  kind: 'prompt'
  prefix: string
  prompt: Prompt
  /** Made of the prompt, and kept under its hash; absent: it is defined in the configuration file. */
  document?: string | undefined
  presentation?: ApiPresentation | undefined
}

export interface ApiTimeouts {
  connectMs?: number | undefined
  firstByteMs?: number | undefined
  silenceMs?: number | undefined
}

/** What is behind an API, with what it wants of whoever calls it. At most one of the three takes `Authorization`. */
export interface OpenUpstream {
  /** Of the first, where there are several. */
  baseUrl: string
  header?: { name: string; secret: string } | undefined
  basic?: { user: string; secret: string } | undefined
  oauth?: (OAuthClient & { secret: string }) | undefined
}

/** A published HTTP service. Secrets are clear text here and only here, in memory. */
export interface HttpApi extends HttpDefinition {
  name: string
  upstream: OpenUpstream
  /** Of no release: going back to an earlier one changes nothing of it. */
  retirement?: Retirement | undefined
  listing?: ApiListing | undefined
  /** Whose it is; absent: the operator's. What an organization published reaches only what it may reach. */
  organization?: string | undefined
  /** The release that is in force; absent: it has none, being defined in the configuration file. */
  release?: number | undefined
  canary?: ApiCanary<HttpApi> | undefined
  managedBy: ManagedBy
}

/** A published prompt. */
export interface PromptApi extends PromptDefinition {
  name: string
  retirement?: Retirement | undefined
  listing?: ApiListing | undefined
  organization?: string | undefined
  release?: number | undefined
  canary?: ApiCanary<PromptApi> | undefined
  managedBy: ManagedBy
}

/** Published models. */
export interface ModelsApi extends ModelsDefinition, Omit<PromptApi, keyof PromptDefinition | 'canary'> {
  canary?: ApiCanary<ModelsApi> | undefined
}

/** What is published below a prefix. */
export type ApiEntry = HttpApi | PromptApi | ModelsApi

/** What of a prompt can be called. It costs what its model does. */
const PROMPT_ROUTES: ApiRoute[] = [{ method: 'POST', path: '/', chargeOn: ['2xx'] }]

/** As much of a definition as says what can be called. */
type Routed = Pick<HttpDefinition, 'kind' | 'routes'> | Pick<PromptDefinition, 'kind'> | Pick<ModelsDefinition, 'kind' | 'policy'>

/** What callers can ask of an API. */
export function routesOf(definition: Routed): ApiRoute[] {
  if (definition.kind === 'model') return modelRoutes(definition)
  return definition.kind === 'prompt' ? PROMPT_ROUTES : definition.routes
}

/** Those that can be called: not switched off. */
export function callableRoutes(definition: Routed): ApiRoute[] {
  return routesOf(definition).filter(({ off }) => off !== true)
}

/** The ways in which an API can be authenticated at its upstream. */
export const UPSTREAM_SECRETS = ['header', 'basic', 'oauth'] as const

export type UpstreamSecret = (typeof UPSTREAM_SECRETS)[number]

/** The name under which a secret of an API towards its upstream is sealed: it opens for that API alone. */
export function apiSealName(api: string, secret: UpstreamSecret): string {
  return `api:${api}:${secret}`
}
