import {
  DEFAULT_CHARGE_ON,
  formatAmount,
  parseAmount,
  routesOf,
  shownMetered,
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
import { documentId } from '@faregate/lifecycle'
import type { AdminDeps } from '../deps.ts'
import type { ApiRow, DraftDefinition, HttpDraft } from '../configuration-rows.ts'
import { lastFourOf } from './configuration.ts'
import { presentListing, presentPresentation } from './listing.ts'
import { presentRetirement, presentRouteRetirement } from './retirement.ts'

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
    documentId: api.document === undefined ? null : documentId(api.document),
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
    staging: presentStaging(service),
    routes: (service?.routes ?? []).map(presentRoute),
    timeouts: {
      connectMs: timeouts?.connectMs ?? null,
      firstByteMs: timeouts?.firstByteMs ?? null,
      silenceMs: timeouts?.silenceMs ?? null,
      idleMs: timeouts?.idleMs ?? null,
    },
    ...presentProxying(service ?? { authentication: definition.authentication }),
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

function presentRoute({ method, path, price, metered, free, chargeOn, off, webSocket, retirement }: ApiRoute) {
  return {
    method,
    path,
    price: price === undefined ? null : formatAmount(parseAmount(price) ?? 0n),
    metered: metered === undefined ? null : shownMetered(metered),
    free: free === true,
    chargeOn: webSocket === true ? [] : [...(chargeOn ?? DEFAULT_CHARGE_ON)],
    off: off === true,
    webSocket: webSocket === true,
    retirement: presentRouteRetirement(retirement),
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
function presentProxying({ ...definition }: ApiProxying & Pick<HttpApi | HttpDraft, 'authentication'>) {
  return {
    authentication: definition.authentication === undefined ? null : presentAuthentication(definition.authentication),
    identity: definition.identity ?? null,
    upstreams: definition.upstreams ?? null,
    health: definition.health ?? null,
    retries: definition.retries ?? null,
    addresses: definition.addresses ?? null,
    rewrite: definition.rewrite ?? null,
    requestHeaders: definition.requestHeaders ?? null,
    responseHeaders: definition.responseHeaders ?? null,
    hostHeader: definition.hostHeader ?? null,
    cache: definition.cache === undefined ? null : { priceFactor: definition.cache.priceFactor ?? '1' },
    http2: definition.http2 ?? null,
  }
}

function presentAuthentication({ introspection, ...ways }: NonNullable<(HttpApi | HttpDraft)['authentication']>) {
  if (introspection === undefined) return ways
  const { secret: _opened, sealed: _sealed, ...terms } = { secret: null, sealed: null, ...introspection }
  return { ...ways, introspection: { ...terms, lastFour: tailOf(introspection) } }
}

function presentStaging(service: HttpDraft | HttpApi | undefined) {
  const staging = service !== undefined && 'staging' in service ? service.staging : undefined
  if (staging === undefined) return null
  const { upstream, upstreams } = staging
  return { upstream: upstream === undefined ? null : presentUpstream(upstream), upstreams: upstreams ?? null }
}

function presentUpstream({ baseUrl, header, basic, oauth, mutualTls, ca }: NonNullable<HttpDraft['upstream'] | HttpApi['upstream']>) {
  return {
    baseUrl,
    header: header === undefined ? null : { name: header.name, lastFour: tailOf(header) },
    basic: basic === undefined ? null : { user: basic.user, lastFour: tailOf(basic) },
    oauth:
      oauth === undefined
        ? null
        : { tokenUrl: oauth.tokenUrl, clientId: oauth.clientId, scopes: oauth.scopes ?? [], lastFour: tailOf(oauth) },
    mutualTls: mutualTls === undefined ? null : { certificate: mutualTls.certificate },
    ca: ca ?? null,
  }
}

function tailOf(secret: { secret: string } | { lastFour: string }): string {
  return 'secret' in secret ? lastFourOf(secret.secret) : secret.lastFour
}
