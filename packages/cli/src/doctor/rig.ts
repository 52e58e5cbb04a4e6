import type { Client, RouteOutput, Routes } from '@faregate/contract'
import type { Gateway } from '../command.ts'
import { everyItem } from '../lookup.ts'

export type Instance = RouteOutput<Routes['getInstance']>
export type Models = RouteOutput<Routes['listModels']>['data']
export type Apis = RouteOutput<Routes['listApis']>['data']
export type Prices = RouteOutput<Routes['listPrices']>['data']
export type Providers = RouteOutput<Routes['listProviders']>['data']
export type Keys = RouteOutput<Routes['listKeys']>['data']
type Plans = RouteOutput<Routes['listPlans']>['data']
export type Organizations = RouteOutput<Routes['listOrganizations']>['data']
export type Teams = RouteOutput<Routes['listTeams']>['data']
export type NamedCaps = RouteOutput<Routes['listNamedCaps']>['data']
export type Members = RouteOutput<Routes['listMembers']>['data']

/** Nothing; what costs nothing; also a small real call, which may cost a little. */
export type Asks = 'nothing' | 'what is free' | 'a call'

/** What checks examine with. What several of them need is fetched once. */
export interface Rig {
  client: Client
  gateway: Pick<Gateway, 'url' | 'fetch'>
  /** What may be asked of providers and of upstreams. */
  asks: Asks
  now: () => number
  instance(): Promise<Instance>
  models(): Promise<Models>
  apis(): Promise<Apis>
  prices(): Promise<Prices>
  providers(): Promise<Providers>
  /** Every key that is not revoked. */
  keys(): Promise<Keys>
  /** Of each, the version on sale. */
  plans(): Promise<Plans>
  organizations(): Promise<Organizations>
  /** Of single end users and tags, where prices are as for everybody: under prices of its own a call may cost less than any. */
  namedCaps(): Promise<NamedCaps>
  teams(): Promise<Teams>
  members(): Promise<Members>
  /** Whether models are callable that have no entry. */
  allModels(): Promise<boolean>
}

export function rigOf(client: Client, gateway: Rig['gateway'], { asks, now }: Pick<Rig, 'asks' | 'now'>): Rig {
  const organizations = once(() => everyItem((query) => client.listOrganizations({ query: { limit: 500, ...query } })))
  return {
    client,
    gateway,
    asks,
    now,
    instance: once(() => client.getInstance({})),
    models: once(async () => (await client.listModels({})).data),
    apis: once(async () => (await client.listApis({})).data),
    prices: once(async () => (await client.listPrices({})).data),
    providers: once(async () => (await client.listProviders({})).data),
    keys: once(() => allKeys(client)),
    plans: once(async () => (await client.listPlans({})).data),
    organizations,
    namedCaps: once(async () => allNamedCaps(client, await organizations())),
    teams: once(() => everyItem((query) => client.listTeams({ query: { limit: 500, ...query } }))),
    members: once(() => everyItem((query) => client.listMembers({ query: { limit: 500, ...query } }))),
    allModels: once(async () => (await client.getSettings({})).allModels.value),
  }
}

function once<T>(get: () => Promise<T>): () => Promise<T> {
  let got: Promise<T> | undefined
  return () => (got ??= get())
}

async function allKeys(client: Client): Promise<Keys> {
  const keys = await everyItem((query) => client.listKeys({ query: { limit: 500, ...query } }))
  return keys.filter(({ state }) => state !== 'revoked')
}

async function allNamedCaps(client: Client, organizations: Organizations): Promise<NamedCaps> {
  const found: NamedCaps[] = []
  for (const { id, priceFactor, prices } of organizations) {
    if (priceFactor !== '1' || prices.length > 0) continue
    for (const kind of ['user', 'tag'] as const)
      found.push(await everyItem((query) => client.listNamedCaps({ params: { id }, query: { kind, limit: 500, ...query } })))
  }
  return found.flat()
}
