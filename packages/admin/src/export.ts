import type { StoredSettings } from '@faregate/core'
import { isValidated } from '@faregate/lifecycle'
import { stringify } from 'yaml'
import type { ApiRow, ModelDefinition, ModelRow, ProviderRow, SealedAuthentication, SealedUpstream } from './configuration-rows.ts'
import type { PriceRow } from './rows.ts'

/** What the database holds of the configuration. */
export interface Exported {
  providers: ProviderRow[]
  models: ModelRow[]
  apis: ApiRow[]
  prices: PriceRow[]
  settings: StoredSettings
}

/**
 * What the database holds of the configuration, as members of the configuration file. Secrets become references to the
 * environment. An override of a price becomes the price of a model entry; where that would change other deployments of
 * the same model, a comment says so instead.
 */
export function exportYaml({ providers, models, apis, prices, settings }: Exported): string {
  const entries = new Map<string, ModelDefinition>(
    models.map(({ name, createdAt: _createdAt, retirement: _goes, ...definition }) => [name, definition]),
  )
  const comments: string[] = []
  for (const price of prices) comments.push(...foldPrice(entries, price))
  for (const api of apis)
    if (api.kind === 'http' && isValidated(api.validation))
      comments.push(`The document of ${api.name} is a file of its own: faregate api document ${api.name} > ${documentFile(api.name)}`)
  const members = {
    ...(providers.length === 0 ? {} : { providers: providers.map(providerMember) }),
    ...(entries.size === 0 ? {} : { models: Object.fromEntries(entries) }),
    ...(apis.length === 0 ? {} : { apis: Object.fromEntries(apis.map((api) => [api.name, apiMember(api)])) }),
    ...nested(settings),
  }
  const head = comments.map((comment) => `# ${comment}\n`).join('')
  return Object.keys(members).length === 0 ? `${head}# The database defines nothing.\n` : head + stringify(members, { lineWidth: 0 })
}

/** `billing.seller.name` as a member of `seller` within `billing`. */
function nested(settings: StoredSettings): Record<string, unknown> {
  const members: Record<string, unknown> = {}
  for (const [path, value] of Object.entries(settings)) {
    const parents = path.split('.')
    const last = parents.pop() ?? ''
    const within = parents.reduce((node, name) => (node[name] ??= {}) as Record<string, unknown>, members)
    within[last] = value
  }
  return members
}

function providerMember({ name, kind, baseUrl, keys }: ProviderRow) {
  const [only, ...others] = keys
  if (only === undefined) return { name, kind, baseUrl }
  if (others.length === 0) return { name, kind, baseUrl, apiKey: reference(name, '') }
  return {
    name,
    kind,
    baseUrl,
    keys: keys.map(({ weight, priority }, index) => ({ key: reference(name, `_${index + 1}`), weight, priority })),
  }
}

/** The document of a service is a file of its own, which is named where calls are compared with it; others are made here. */
function apiMember(api: ApiRow) {
  const { presentation, listing, authentication } = api
  const told = {
    ...(authentication === undefined ? {} : { authentication: authenticationMember(api.name, authentication) }),
    ...(presentation === undefined ? {} : { presentation: literal(presentation) }),
    ...(listing === undefined ? {} : { listing: literal(listing) }),
  }
  if (api.kind === 'prompt') return { prefix: api.prefix, prompt: literal(api.prompt), ...told }
  if (api.kind === 'model') return { prefix: api.prefix, ...modelsMember(api), ...told }
  return { ...serviceMember(api), ...told }
}

function modelsMember({ models, policy }: Extract<ApiRow, { kind: 'model' }>) {
  return { models: literal(models), ...(policy === undefined ? {} : { policy: literal(policy) }) }
}

function serviceMember({
  name,
  createdAt: _at,
  kind: _kind,
  release: _release,
  retirement: _goes,
  document: _document,
  organization: _whose,
  // What is tried beside it, and what is behind it in staging, is none of the file's.
  canary: _tried,
  staging: _staged,
  checks,
  validation,
  presentation: _presented,
  listing: _listed,
  prefix,
  upstream,
  authentication: _ways,
  ...definition
}: Extract<ApiRow, { kind: 'http' }>) {
  const members = upstreamMember(name, upstream, definition.upstreams !== undefined)
  return {
    prefix,
    ...(Object.keys(members).length === 0 ? {} : { upstream: members }),
    ...definition,
    ...(isValidated(validation) ? { document: `./${documentFile(name)}`, validation } : {}),
    ...(checks === undefined ? {} : { checks: literal({ calls: checks.calls }) }),
  }
}

function documentFile(api: string): string {
  return `${api}.openapi.json`
}

/** Where there are several upstreams, it holds the secrets alone. */
function upstreamMember(name: string, { baseUrl, header, basic, oauth, mutualTls, ca }: SealedUpstream, several: boolean) {
  return {
    ...(several ? {} : { baseUrl }),
    ...(header && { header: { name: header.name, value: reference(name, '') } }),
    ...(basic && { basic: { user: basic.user, secret: reference(name, '_PASSWORD') } }),
    ...(oauth && { oauth: oauthMember(name, oauth) }),
    ...(mutualTls && { mutualTls: { certificate: mutualTls.certificate, key: reference(name, '_PRIVATE') } }),
    ...(ca && { ca }),
  }
}

function oauthMember(name: string, { sealed: _sealed, lastFour: _shown, ...client }: NonNullable<SealedUpstream['oauth']>) {
  return { ...client, clientSecret: reference(name, '_CLIENT') }
}

function authenticationMember(name: string, { introspection, ...ways }: SealedAuthentication) {
  if (introspection === undefined) return ways
  const { sealed: _sealed, lastFour: _shown, ...asked } = introspection
  return { ...ways, introspection: { ...asked, clientSecret: reference(name, '_INTROSPECTION') } }
}

/** Words of people in which `${NAME}` stays as it is: in the file it would refer to the environment. */
function literal(told: object): unknown {
  return JSON.parse(JSON.stringify(told).replace(/\$\{(?=[A-Za-z_])/g, () => '$${'))
}

/** `${OPENAI_EU_KEY_2}` for the second key of `openai-eu`. */
function reference(provider: string, suffix: string): string {
  return `\${${provider
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^(?=\d)/, '_')}_KEY${suffix}}`
}

function foldPrice(entries: Map<string, ModelDefinition>, { name, provider, model, rates }: PriceRow): string[] {
  const users = [...entries].filter(
    ([, entry]) => entry.price === undefined && entry.deployments.some((one) => one.provider === provider && one.model === model),
  )
  for (const [user, entry] of users.filter(([, { deployments }]) => deployments.length === 1)) entries.set(user, { ...entry, price: rates })
  if (!entries.has(name)) entries.set(name, { deployments: [{ provider, model, weight: 1 }], price: rates })
  return users
    .filter(([, { deployments }]) => deployments.length > 1)
    .map(([user]) => `The price of ${name} is not written at ${user}, whose other deployments have prices of their own.`)
}
