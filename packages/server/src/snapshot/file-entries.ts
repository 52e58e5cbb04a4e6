import { createHash } from 'node:crypto'
import { hashOf } from '@faregate/admin/api-document'
import {
  withoutSlash,
  type ApiEntry,
  type HttpApi,
  type HttpDefinition,
  type ManagedBy,
  type ModelEntry,
  type ModelsApi,
  type ModelsDefinition,
  type PromptApi,
  type PromptDefinition,
  type ProviderEntry,
} from '@faregate/core'
import type { Kinds } from '../config/meaning.ts'
import type { Path, Place } from '../config/finding.ts'
import type { Configuration, ConfiguredApi, ConfiguredModel, ConfiguredProvider } from '../config/schema.ts'

type PlaceOf = (path: Path) => Place | undefined

/** The providers of the configuration file, with the place where each is defined. */
export function fileProviders(configuration: Configuration, kinds: Kinds, placeOf: PlaceOf): ProviderEntry[] {
  return configuration.providers.map((provider, index) => ({
    name: provider.name,
    kind: provider.kind,
    baseUrl: (provider.baseUrl ?? kinds.get(provider.kind)?.defaultBaseUrl ?? '').replace(/\/+$/, ''),
    keys: keysOf(provider),
    // A server of one's own may want no key; where it wants one, the configuration names it.
    keyless: kinds.get(provider.kind)?.keyless === true || (provider.kind === 'openai-compatible' && keysOf(provider).length === 0),
    managedBy: managedBy(placeOf(['providers', index])),
  }))
}

function keysOf(provider: ConfiguredProvider): ProviderEntry['keys'] {
  const keys = provider.keys ?? (provider.apiKey === undefined ? [] : [{ key: provider.apiKey, weight: 1, priority: 0 }])
  return keys.map(({ key, weight, priority }) => ({ id: keyId(provider.name, key), secret: key, weight, priority }))
}

/** Stable over restarts, so that what was learnt about a key stays with it; tells nothing about the key. */
function keyId(provider: string, secret: string): string {
  return `${provider}-${createHash('sha256').update(`${provider}\n${secret}`).digest('hex').slice(0, 8)}`
}

/** The models of the configuration file. */
export function fileModels(configuration: Configuration, placeOf: PlaceOf): ModelEntry[] {
  return Object.entries(configuration.models).map(([name, model]) => ({
    ...membersOf(model),
    name,
    managedBy: managedBy(placeOf(['models', name])),
  }))
}

/** The published APIs of the configuration file, with the texts of their documents by name. */
export function fileApis(configuration: Configuration, placeOf: PlaceOf, documents: ReadonlyMap<string, string>): ApiEntry[] {
  return Object.entries(configuration.apis).map(([name, { listing, ...api }]) => ({
    ...definitionOf(api, documents.get(name)),
    ...(listing === undefined ? {} : { listing }),
    name,
    managedBy: managedBy(placeOf(['apis', name])),
  }))
}

type Defined =
  | (HttpDefinition & Pick<HttpApi, 'upstream' | 'authentication'>)
  | (PromptDefinition & Pick<PromptApi, 'authentication'>)
  | (ModelsDefinition & Pick<ModelsApi, 'authentication'>)

/** What an API of the file is: a prompt or models, where it has some. What a service lacks was told when the file was checked. */
function definitionOf(
  {
    prefix,
    prompt,
    models,
    policy,
    presentation,
    upstream,
    upstreams,
    authentication,
    routes = [],
    document: _file,
    ...members
  }: Omit<ConfiguredApi, 'listing'>,
  document: string | undefined,
): Defined {
  const told = {
    ...(authentication === undefined ? {} : { authentication: authenticationOf(authentication) }),
    ...(presentation === undefined ? {} : { presentation }),
  }
  if (prompt !== undefined) return { kind: 'prompt', prefix, prompt: present(prompt), ...told }
  if (models !== undefined) return { kind: 'model', prefix, models, ...(policy === undefined ? {} : { policy }), ...told }
  const several = upstreams?.map(({ baseUrl, ...more }) => ({ baseUrl: withoutSlash(baseUrl), ...present(more) }))
  return {
    kind: 'http',
    prefix,
    ...present(members),
    upstream: upstreamOf(upstream, several?.[0]?.baseUrl),
    ...(several === undefined ? {} : { upstreams: several }),
    routes,
    ...(document === undefined ? {} : { document: hashOf(document) }),
    ...told,
  }
}

function upstreamOf(
  { baseUrl, header, basic, oauth, mutualTls, ca }: NonNullable<ConfiguredApi['upstream']> = {},
  first?: string,
): HttpApi['upstream'] {
  return {
    baseUrl: first ?? withoutSlash(baseUrl ?? ''),
    ...(header === undefined ? {} : { header: { name: header.name, secret: header.value } }),
    ...(basic === undefined ? {} : { basic }),
    ...(oauth === undefined ? {} : { oauth: openOAuth(oauth) }),
    ...(mutualTls === undefined ? {} : { mutualTls: { certificate: mutualTls.certificate, secret: mutualTls.key } }),
    ...(ca === undefined ? {} : { ca }),
  }
}

function openOAuth({ clientSecret, ...oauth }: NonNullable<NonNullable<ConfiguredApi['upstream']>['oauth']>): HttpApi['upstream']['oauth'] {
  return { ...present(oauth), secret: clientSecret }
}

function authenticationOf({
  introspection,
  ...ways
}: NonNullable<ConfiguredApi['authentication']>): NonNullable<HttpApi['authentication']> {
  if (introspection === undefined) return present(ways)
  const { clientSecret, ...asked } = introspection
  return { ...present(ways), introspection: { ...present(asked), secret: clientSecret } }
}

function managedBy(place: Place | undefined): ManagedBy {
  return place === undefined ? { source: 'database' } : { source: 'file', file: place.file, line: place.line }
}

type Present<T> = { [Member in keyof T]: Exclude<T[Member], undefined> }

/** Drops members that are `undefined`: an entry has a member or has it not. */
function present<T extends object>(value: T): Present<T> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Present<T>
}

function membersOf({ price, ...model }: ConfiguredModel): Omit<ModelEntry, 'name' | 'managedBy'> {
  return price === undefined ? present(model) : { ...present(model), price: present(price) }
}
