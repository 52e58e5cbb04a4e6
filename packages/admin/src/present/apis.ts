import {
  DEFAULT_CHARGE_ON,
  formatAmount,
  parseAmount,
  type ApiEntry,
  type ApiRoute,
  type HttpApi,
  type ManagedBy,
  type Prompt,
  type PromptValue,
  type PromptVariable,
} from '@faregate/core'
import type { AdminDeps } from '../deps.ts'
import type { ApiRow, DraftDefinition, HttpDraft } from '../configuration-rows.ts'
import { lastFourOf } from './configuration.ts'
import { presentRetirement } from './retirement.ts'

const DATABASE: ManagedBy = { source: 'database' }

/** An API without its secret, whether it comes from the configuration in force or from the database. */
export function presentApi(deps: Pick<AdminDeps, 'publicUrl'>, api: ApiEntry | ApiRow) {
  return {
    name: api.name,
    ...presentDefinition(deps, api),
    release: 'release' in api ? api.release : null,
    document: api.document !== undefined,
    retirement: presentRetirement(api),
    managedBy: 'managedBy' in api ? api.managedBy : DATABASE,
  }
}

/** A definition without its secret; `upstream` is null where there is none yet. */
export function presentDefinition({ publicUrl }: Pick<AdminDeps, 'publicUrl'>, definition: DraftDefinition | ApiEntry) {
  const { kind, prefix } = definition
  const service = kind === 'http' ? definition : undefined
  const { upstream, timeouts } = service ?? {}
  return {
    kind,
    prefix,
    url: publicUrl() + prefix,
    upstream: upstream === undefined ? null : { baseUrl: upstream.baseUrl, header: headerOf(upstream.header) },
    routes: (service?.routes ?? []).map(presentRoute),
    timeouts: { firstByteMs: timeouts?.firstByteMs ?? null, silenceMs: timeouts?.silenceMs ?? null },
    encodedSlashes: service === undefined ? null : (service.encodedSlashes ?? ('refuse' as const)),
    prompt: definition.kind === 'prompt' ? presentPrompt(definition.prompt) : null,
  }
}

/** How many routes callers have. A prompt is one. */
export function routeCount(definition: DraftDefinition): number {
  return definition.kind === 'prompt' ? 1 : definition.routes.length
}

function presentRoute({ method, path, price, free, chargeOn }: ApiRoute) {
  return {
    method,
    path,
    price: price === undefined ? null : formatAmount(parseAmount(price) ?? 0n),
    free: free === true,
    chargeOn: [...(chargeOn ?? DEFAULT_CHARGE_ON)],
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

type Header = NonNullable<HttpDraft['upstream'] | HttpApi['upstream']>['header']

function headerOf(header: Header): { name: string; lastFour: string } | null {
  if (header === undefined) return null
  return { name: header.name, lastFour: 'secret' in header ? lastFourOf(header.secret) : header.lastFour }
}
