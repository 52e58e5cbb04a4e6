import { API_METHODS, formatAmount, type ApiAuthentication, type ApiRoute, type MeteredPrice } from '@faregate/core'
import { RouteTable, segmentsOf } from '../route-table.ts'
import { withoutExtensions } from './extensions.ts'
import { isJson, jsonOf, listOf, resolved, type Json } from './json.ts'
import { routePathOf } from './operations.ts'
import { referredComponents } from './referred.ts'
import { securityOf } from './security.ts'

/** How an API is published, as far as its document says so. */
export interface Publication {
  /** Where callers find it. */
  url: string
  routes: readonly ApiRoute[]
  currency: string
  /** Absent: a key of the gateway. */
  authentication?: ApiAuthentication | undefined
  /** Where the gateway gives access tokens. */
  tokenUrl: string
  /** What a million units cost, by bucket, where routes have no price of their own: of a prompt, or of each of several models. */
  rates?: Record<string, string> | Record<string, Record<string, string> | null> | undefined
  /** It goes: nobody should begin to call it. */
  deprecated: boolean
}

/**
 * The document of an API for its callers, as JSON: the gateway is its only server, callers prove who they are to it alone, and only
 * what can be called is in it, with what that refers to, each operation with its price. What it said of the service behind the gateway,
 * also to other tools (`x-…`), callers have no use for.
 */
export function publishedDocument(text: string, publication: Publication): string {
  const document = withoutExtensions(jsonOf(JSON.parse(text)))
  const components = jsonOf(document['components'])
  // The paths carry copies of what they refer to: an item may be served at one of them, and not at another.
  const paths = Object.entries(jsonOf(document['paths'])).flatMap(([path, value]): [string, Json][] => {
    const item = servedItem(structuredClone(resolved(document, value)), path, publication)
    return item === undefined ? [] : [[path, item]]
  })
  for (const item of [components['pathItems'], document['webhooks']]) itemsIn(item).forEach(withoutServers)
  for (const callbacks of itemsIn(components['callbacks'])) itemsIn(callbacks).forEach(withoutServers)
  linksIn({ links: components['links'] })
  for (const response of itemsIn(components['responses'])) linksIn(response)
  const { servers: _servers, ...rest } = document
  const served = { ...rest, paths: Object.fromEntries(paths) }
  const { schemes, security } = securityOf(publication.authentication, publication.tokenUrl)
  return JSON.stringify({
    ...served,
    servers: [{ url: publication.url }],
    security,
    components: { ...referredComponents(served), securitySchemes: schemes },
  })
}

/** The item with those of its operations that a route serves, and that is not switched off; undefined: none is. */
function servedItem(item: Json, path: string, { routes, currency, rates, deprecated }: Publication): Json | undefined {
  const table = tableOf(routes)
  withoutServers(item)
  let served = 0
  for (const method of ['options', 'trace', 'query', 'connect']) delete item[method]
  for (const method of [...API_METHODS, 'HEAD']) {
    const operation = item[method.toLowerCase()]
    if (!isJson(operation)) continue
    const found = table.find(method, segmentsOf(routePathOf(path)))
    if (found.kind !== 'route' || found.route.off || found.route.retirement?.state === 'retired') {
      delete item[method.toLowerCase()]
      continue
    }
    served += 1
    const { price, metered } = found.route
    if (price !== undefined) operation['x-faregate-price'] = { amount: formatAmount(price), ...meteredMembers(metered), currency }
    else if (rates !== undefined) operation['x-faregate-price'] = { perMillion: rates, currency }
    if (deprecated || found.route.retirement !== undefined) operation['deprecated'] = true
  }
  return served === 0 ? undefined : item
}

/** What goes through a call costs beside its amount. */
function meteredMembers(metered: MeteredPrice | undefined): Json {
  if (metered === undefined) return {}
  const { sent, received, units } = metered
  return {
    ...(sent === 0n ? {} : { perMillionBytesSent: formatAmount(sent) }),
    ...(received === 0n ? {} : { perMillionBytesReceived: formatAmount(received) }),
    ...(units === undefined ? {} : { perUnit: { ...units, price: formatAmount(units.price) } }),
  }
}

const tables = new WeakMap<readonly ApiRoute[], RouteTable>()

function tableOf(routes: readonly ApiRoute[]): RouteTable {
  const table = tables.get(routes) ?? new RouteTable(routes)
  tables.set(routes, table)
  return table
}

/** Takes away where a path or its operations say that the service is, and how it wants callers to prove themselves. */
function withoutServers(item: Json): void {
  delete item['servers']
  for (const operation of itemsIn(item)) {
    delete operation['servers']
    delete operation['security']
    for (const response of itemsIn(operation['responses'])) linksIn(response)
    for (const callback of itemsIn(operation['callbacks'])) itemsIn(callback).forEach(withoutServers)
  }
}

function linksIn({ links }: Json): void {
  for (const link of itemsIn(links)) delete link['server']
}

/** The objects that are members of an object. */
function itemsIn(value: unknown): Json[] {
  return listOf(Object.values(jsonOf(value)))
}
