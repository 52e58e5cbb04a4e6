import type { AdminDeps } from '@faregate/admin'
import { includesName, knownOf } from '@faregate/billing'
import {
  DEFAULT_CHARGE_ON,
  formatAmount,
  parseAmount,
  shownMetered,
  callableRoutes,
  type ApiEntry,
  type ApiRoute,
  type ModelsApi,
  type PromptApi,
} from '@faregate/core'
import { exampleValues } from '@faregate/lifecycle'
import type { Changelogs } from './changelog.ts'
import { hasDocument } from './document.ts'
import { ratesByModel, ratesOf } from './rates.ts'
import { visibilityOf } from './visible.ts'
import { exampleCredential, shownWays } from './ways.ts'

/** An API in the list of the catalogue. */
export type CatalogueEntry = ReturnType<typeof entryOf>

/** All that the catalogue tells of one API. */
export type CataloguePage = Awaited<ReturnType<typeof pageOf>>

/** More routes are not listed: its document has them. */
const MOST_ROUTES = 1000

type Where = Pick<AdminDeps, 'publicUrl'>

/** What tells APIs apart in a list. Nothing of what is behind them. */
export function entryOf({ publicUrl }: Where, entry: ApiEntry) {
  const { name, prefix, presentation = {}, listing, release, retirement } = entry
  const page = `${publicUrl()}/catalogue/${name}`
  return {
    name,
    kind: entry.kind,
    title: presentation.title ?? name,
    summary: presentation.summary ?? null,
    categories: [...(presentation.categories ?? [])],
    tags: [...(presentation.tags ?? [])],
    owner: listing?.owner ?? null,
    contact: presentation.contact ?? null,
    visibility: visibilityOf(entry),
    state: retirement?.state ?? ('in service' as const),
    release: release ?? null,
    routes: callableRoutes(entry).length,
    url: publicUrl() + prefix,
    page,
    data: `${page}.json`,
    openapi: hasDocument(entry) ? `${page}/openapi.json` : null,
  }
}

/** All of one, for a viewer who may see what takes its place (`successor`): beside that how it is called, what that costs, how it is bought, and how it changed. */
export async function pageOf(deps: AdminDeps, changelogs: Changelogs, entry: ApiEntry, successor: string | null) {
  const { store, currency } = deps
  const { presentation = {}, retirement } = entry
  const [changelog, plans, rates, models] = await Promise.all([
    changelogs(entry),
    plansWith(store.read, entry.name),
    ratesOf(deps, entry),
    ratesByModel(deps, entry),
  ])
  const [url, routes] = [deps.publicUrl() + entry.prefix, callableRoutes(entry)]
  return {
    ...entryOf(deps, entry),
    description: presentation.description ?? null,
    logo: presentation.logo ?? null,
    retirement: retirement === undefined ? null : shownRetirement(retirement, successor),
    currency,
    endpoints: routes.slice(0, MOST_ROUTES).map(endpointOf),
    /** What a million units of a prompt's model cost, by bucket; null: each endpoint has a price of its own. */
    rates,
    /** The same of each of its models, by the names that callers use; null: it has none. */
    models,
    /** In which ways callers prove who they are. */
    callers: shownWays(entry.authentication).map(({ way, told }) => ({ way, told })),
    example: exampleFor(url, entry, routes),
    plans,
    changelog,
  }
}

function shownRetirement({ at, sunset, link }: NonNullable<ApiEntry['retirement']>, successor: string | null) {
  const until = sunset === undefined ? null : new Date(sunset).toISOString()
  return { since: new Date(at).toISOString(), sunset: until, successor, link: link ?? null }
}

function endpointOf({ method, path, price, metered, free, chargeOn, webSocket, retirement }: ApiRoute) {
  return {
    method,
    path,
    price: price === undefined ? null : formatAmount(parseAmount(price) ?? 0n),
    metered: metered === undefined ? null : shownMetered(metered),
    free: free === true,
    chargedFor: webSocket === true ? [] : [...(chargeOn ?? DEFAULT_CHARGE_ON)],
    webSocket: webSocket === true,
    deprecated:
      retirement === undefined
        ? null
        : { since: retirement.since, sunset: retirement.sunset ?? null, successor: retirement.successor ?? null },
  }
}

/** Plans on sale that include it. */
async function plansWith(read: AdminDeps['store']['read'], api: string) {
  const { newest } = knownOf(await read.plans.list())
  return newest
    .filter((plan) => plan.listed && includesName(plan, { api }))
    .map(({ name, price, period, trialDays, approval, exclusive, priceFactor, quotas }) => ({
      name,
      price: formatAmount(price),
      period,
      trialDays,
      approval,
      exclusive,
      priceFactor,
      quotas: quotas.flatMap(({ apis, limit, overage }) => (apis === null || apis === undefined ? [] : [{ apis, calls: limit, overage }])),
    }))
}

/** A call that can be pasted into a shell: of the first route that only reads, else of the first. */
function exampleOf(url: string, routes: readonly ApiRoute[], { authentication }: Pick<ApiEntry, 'authentication'>): string {
  const calls = routes.filter(({ webSocket }) => webSocket !== true)
  const route = calls.find(({ method }) => method === 'GET') ?? calls[0]
  if (route === undefined) return ''
  const path = encodeURI(route.path.replace(/\{([^{}/]*)\}/g, (_whole, name: string) => name.toUpperCase()).replace(/\*$/, ''))
  const address = `${url}${path === '/' ? '' : path}`.replaceAll("'", '%27')
  const method = route.method === 'GET' || route.method === '*' ? '' : `-X ${route.method} `
  return `curl ${method}'${address}'${exampleCredential(authentication)}`
}

function exampleFor(url: string, entry: ApiEntry, routes: readonly ApiRoute[]): string {
  if (entry.kind === 'prompt') return exampleOfPrompt(url, entry)
  return entry.kind === 'model' ? exampleOfModels(url, entry, routes) : exampleOf(url, routes, entry)
}

/** The first kind of calls that is served, with the first of the models. */
function exampleOfModels(url: string, { models, authentication }: ModelsApi, routes: readonly ApiRoute[]): string {
  const body = JSON.stringify({ model: Object.keys(models)[0], messages: [{ role: 'user', content: 'Hello' }] }).replaceAll(
    "'",
    String.raw`'\''`,
  )
  const [first] = routes
  if (first?.path !== '/v1/chat/completions') return `curl '${url}/v1/models'${exampleCredential(authentication)}`
  return `curl '${url}${first.path}'${exampleCredential(authentication)} -H 'Content-Type: application/json' -d '${body}'`
}

/** The same of a prompt: with a value for each of its variables. */
function exampleOfPrompt(url: string, { prompt, authentication }: PromptApi): string {
  const values = JSON.stringify(exampleValues(prompt)).replaceAll("'", String.raw`'\''`)
  return `curl '${url}'${exampleCredential(authentication)} -H 'Content-Type: application/json' -d '${values}'`
}
