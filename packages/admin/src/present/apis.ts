import {
  DEFAULT_CHARGE_ON,
  formatAmount,
  parseAmount,
  routesOf,
  type ApiEntry,
  type ApiProxying,
  type ApiRoute,
  type CanaryTerms,
  type HttpApi,
  type ManagedBy,
  type Prompt,
  type PromptValue,
  type PromptVariable,
} from '@faregate/core'
import type { AdminDeps } from '../deps.ts'
import type { ApiRow, DraftDefinition, HttpDraft } from '../configuration-rows.ts'
import { lastFourOf } from './configuration.ts'
import { presentListing, presentPresentation } from './listing.ts'
import { presentRetirement } from './retirement.ts'

const DATABASE: ManagedBy = { source: 'database' }

/** An API without its secret, whether it comes from the configuration in force or from the database. */
export function presentApi(deps: Pick<AdminDeps, 'publicUrl'>, api: ApiEntry | ApiRow) {
  return {
    name: api.name,
    organization: api.organization ?? null,
    ...presentDefinition(deps, api),
    release: api.release ?? null,
    canary: presentCanary(api),
    document: api.document !== undefined,
    retirement: presentRetirement(api),
    listing: presentListing(api),
    managedBy: 'managedBy' in api ? api.managedBy : DATABASE,
  }
}

function presentCanary({ canary }: ApiEntry | ApiRow) {
  if (canary === undefined) return null
  const release = 'entry' in canary ? (canary.entry.release ?? 0) : canary.release
  return { release, ...presentTerms(canary) }
}

/** For which calls a release is tried. */
export function presentTerms({ percent, header }: CanaryTerms) {
  return { percent: percent ?? null, header: header === undefined ? null : { name: header.name, value: header.value } }
}

/** A definition without its secret; `upstream` is null where there is none yet. */
export function presentDefinition({ publicUrl }: Pick<AdminDeps, 'publicUrl'>, definition: DraftDefinition | ApiEntry) {
  const { kind, prefix, presentation } = definition
  const service = kind === 'http' ? definition : undefined
  const { upstream, timeouts } = service ?? {}
  return {
    kind,
    prefix,
    url: publicUrl() + prefix,
    upstream: upstream === undefined ? null : presentUpstream(upstream),
    routes: (service?.routes ?? []).map(presentRoute),
    timeouts: {
      connectMs: timeouts?.connectMs ?? null,
      firstByteMs: timeouts?.firstByteMs ?? null,
      silenceMs: timeouts?.silenceMs ?? null,
    },
    ...presentProxying(service ?? {}),
    encodedSlashes: service === undefined ? null : (service.encodedSlashes ?? ('refuse' as const)),
    validation: service?.validation ?? null,
    checks: service?.checks ?? null,
    prompt: definition.kind === 'prompt' ? presentPrompt(definition.prompt) : null,
    models: definition.kind === 'model' ? definition.models : null,
    policy: definition.kind === 'model' ? (definition.policy ?? null) : null,
    presentation: presentPresentation(presentation),
  }
}

/** How many routes callers have. A prompt is one. */
export function routeCount(definition: DraftDefinition): number {
  return routesOf(definition).length
}

function presentRoute({ method, path, price, free, chargeOn, off }: ApiRoute) {
  return {
    method,
    path,
    price: price === undefined ? null : formatAmount(parseAmount(price) ?? 0n),
    free: free === true,
    chargeOn: [...(chargeOn ?? DEFAULT_CHARGE_ON)],
    off: off === true,
  }
}

interface ShownVariable {
  type: PromptVariable['type']
  description: string | null
  enum: string[] | null
  default: PromptValue | null
}

function presentPrompt({ model, system, user, variables, output, maxTokens, temperature }: Prompt) {
  const shown: Record<string, ShownVariable> = {}
  for (const [name, { type, description, enum: choices, default: value }] of Object.entries(variables))
    shown[name] = { type, description: description ?? null, enum: choices ?? null, default: value ?? null }
  const settings = { output: output ?? null, maxTokens: maxTokens ?? null, temperature: temperature ?? null }
  return { model, system: system ?? null, user, variables: shown, ...settings }
}

/** Null: nothing is said. */
function presentProxying(definition: ApiProxying) {
  return {
    authentication: definition.authentication ?? null,
    identity: definition.identity ?? null,
    upstreams: definition.upstreams ?? null,
    health: definition.health ?? null,
    retries: definition.retries ?? null,
    addresses: definition.addresses ?? null,
    rewrite: definition.rewrite ?? null,
    requestHeaders: definition.requestHeaders ?? null,
    responseHeaders: definition.responseHeaders ?? null,
    hostHeader: definition.hostHeader ?? null,
  }
}

function presentUpstream({ baseUrl, header, basic, oauth }: NonNullable<HttpDraft['upstream'] | HttpApi['upstream']>) {
  return {
    baseUrl,
    header: header === undefined ? null : { name: header.name, lastFour: tailOf(header) },
    basic: basic === undefined ? null : { user: basic.user, lastFour: tailOf(basic) },
    oauth:
      oauth === undefined
        ? null
        : { tokenUrl: oauth.tokenUrl, clientId: oauth.clientId, scopes: oauth.scopes ?? [], lastFour: tailOf(oauth) },
  }
}

function tailOf(secret: { secret: string } | { lastFour: string }): string {
  return 'secret' in secret ? lastFourOf(secret.secret) : secret.lastFour
}
