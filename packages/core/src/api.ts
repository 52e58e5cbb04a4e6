import type { ApiAuthentication, OpenAuthentication } from './api-callers.ts'
import type { ApiCanary } from './api-canary.ts'
import type { ApiMetered } from './api-metered.ts'
import { modelRoutes, type ModelsDefinition } from './api-models.ts'
import type { ApiListing, ApiPresentation } from './api-presentation.ts'
import type { ApiProxying, OAuthClient } from './api-proxying.ts'
import type { Prompt } from './prompt.ts'
import type { Retirement, RouteRetirement } from './retirement.ts'
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

/** What callers of an API can ask for, and what that costs: `price` or `metered`, or both, or else `free`. */
export interface ApiRoute {
  method: ApiMethod
  /** Below the prefix: exact, with `{parameter}` for a segment, ending in `*` for whatever follows. */
  path: string
  /** Of one call, a decimal string in the installation's currency. */
  price?: string | undefined
  /** By what goes through it, beside that. */
  metered?: ApiMetered | undefined
  free?: true | undefined
  /** Absent: {@link DEFAULT_CHARGE_ON}. */
  chargeOn?: ChargedClass[] | undefined
  /** Switched off: it is there, and refused. */
  off?: true | undefined
  /** It takes handshakes of WebSockets (RFC 6455) and nothing else; a connection that opens is what is charged. */
  webSocket?: true | undefined
  /** How it goes; absent: it stays. */
  retirement?: RouteRetirement | undefined
}

/** What the definition of a published HTTP service holds beside its name and the secrets towards its upstream. */
export interface HttpDefinition extends ApiProxying {
  kind: 'http'
  /** Where callers find it: `/weather`, `/acme/weather`. */
  prefix: string
  /** Made by {@link inStaging}, and kept nowhere; absent: it is that of production. */
  stage?: 'staging' | undefined
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
  stage?: 'staging' | undefined
  prompt: Prompt
  /** Absent: keys of the gateway, in the headers in which they always can be. */
  authentication?: ApiAuthentication | undefined
  /** Made of the prompt, and kept under its hash; absent: it is defined in the configuration file. */
  document?: string | undefined
  presentation?: ApiPresentation | undefined
}

export interface ApiTimeouts {
  connectMs?: number | undefined
  firstByteMs?: number | undefined
  silenceMs?: number | undefined
  /** Of an open WebSocket on which nothing passes; absent: {@link DEFAULT_IDLE_MS}. */
  idleMs?: number | undefined
}

export const DEFAULT_IDLE_MS = 300_000

/** What is behind an API, with what it wants of whoever calls it. At most one of the three takes `Authorization`. */
export interface OpenUpstream {
  /** Of the first, where there are several. */
  baseUrl: string
  header?: { name: string; secret: string } | undefined
  basic?: { user: string; secret: string } | undefined
  oauth?: (OAuthClient & { secret: string }) | undefined
  /** What the gateway proves itself with when it connects; the secret is its private key. Both are PEM. */
  mutualTls?: { certificate: string; secret: string } | undefined
  /** PEM of the authorities whose certificates are trusted, in place of the usual ones. */
  ca?: string[] | undefined
}

/** What is said of an API beside its definition. */
interface PublishedAs<Api> {
  name: string
  /** Of no release: going back to an earlier one changes nothing of it. */
  retirement?: Retirement | undefined
  listing?: ApiListing | undefined
  /** Whose it is; absent: the operator's. What an organization published reaches only what it may reach. */
  organization?: string | undefined
  /** The release that is in force; absent: it has none, being defined in the configuration file. */
  release?: number | undefined
  canary?: ApiCanary<Api> | undefined
  managedBy: ManagedBy
}

/** A published HTTP service. Secrets are clear text here and only here, in memory. */
export interface HttpApi extends HttpDefinition, PublishedAs<HttpApi> {
  upstream: OpenUpstream
  authentication?: OpenAuthentication | undefined
}

/** A published prompt. */
export interface PromptApi extends PromptDefinition, PublishedAs<PromptApi> {
  authentication?: OpenAuthentication | undefined
}

/** Published models. */
export interface ModelsApi extends ModelsDefinition, PublishedAs<ModelsApi> {
  authentication?: OpenAuthentication | undefined
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

/** Those that can be called: neither switched off nor retired. */
export function callableRoutes(definition: Routed): ApiRoute[] {
  return routesOf(definition).filter(isCallable)
}

export function isCallable({ off, retirement }: ApiRoute): boolean {
  return off !== true && retirement?.state !== 'retired'
}

/** What of an API holds a secret: four towards its upstream, one towards who is asked about callers' tokens. */
export type ApiSecret = 'header' | 'basic' | 'oauth' | 'mutualTls' | 'introspection'

/** The name under which a secret of an API is sealed: it opens for that API, that use and that stage alone. */
export function apiSealName(api: string, secret: ApiSecret, stage?: 'staging'): string {
  return `api:${api}:${stage === undefined ? '' : `${stage}-`}${secret}`
}
