import {
  credentialHeaders,
  isCallable,
  parseAmount,
  type ApiRoute,
  type ApiValidation,
  type HttpDefinition,
  type ModelsDefinition,
  type PromptDefinition,
} from '@faregate/core'
import { authenticationFlaws, identityFlaws } from './caller-flaws.ts'
import { savedFlaws } from './contract/saved.ts'
import type { ApiFlaw } from './flaw.ts'
import { meteredFlaws } from './metered-flaws.ts'
import { modelsFlaws } from './models/flaws.ts'
import { presentationFlaws } from './presentation-flaws.ts'
import { promptFlaws } from './prompt/flaws.ts'
import { proxyingFlaws } from './proxying-flaws.ts'
import { RESERVED_SEGMENTS } from './reserved.ts'
import { isParameter, segmentsOf } from './route-table.ts'
import { connectionFlaws, stagingFlaws, upstreamFlaws, urlsOf, type CheckedPlaces, type CheckedUpstream } from './upstream-flaws.ts'

type CheckedHttp = Pick<
  HttpDefinition,
  | 'prefix'
  | 'routes'
  | 'authentication'
  | 'identity'
  | 'upstreams'
  | 'health'
  | 'rewrite'
  | 'requestHeaders'
  | 'responseHeaders'
  | 'cache'
  | 'http2'
  | 'presentation'
  | 'document'
  | 'validation'
  | 'checks'
> & { kind?: 'http'; upstream?: CheckedUpstream | undefined; staging?: CheckedPlaces | undefined }

const MOST_PREFIX_SEGMENTS = 4
const MOST_SEGMENTS = 32

/** Everything that a schema cannot see: what is reserved, what has no price, what is there twice. */
export function flawsOf(api: CheckedHttp | PromptDefinition | ModelsDefinition): ApiFlaw[] {
  return [...prefixFlaws(api.prefix), ...authenticationFlaws(api.authentication), ...ownFlaws(api), ...presentationFlaws(api.presentation)]
}

function ownFlaws(api: Parameters<typeof flawsOf>[0]): ApiFlaw[] {
  if (api.kind === 'model') return modelsFlaws(api)
  return api.kind === 'prompt' ? promptFlaws(api.prompt) : httpFlaws(api)
}

function httpFlaws(api: CheckedHttp): ApiFlaw[] {
  const { routes, upstream, upstreams } = api
  const none = routes.length === 0 ? [NO_ROUTES] : []
  const reached = [
    ...upstreamFlaws(upstream, upstreams),
    ...connectionFlaws(upstream, api.http2, urlsOf(api)),
    ...stagingFlaws(api),
    ...proxyingFlaws(api, upstream),
    ...(api.cache !== undefined && api.identity !== undefined ? [SHARED_IDENTITY] : []),
  ]
  const called = identityFlaws(api.identity, takenHeaders(api))
  return [
    ...reached,
    ...called,
    ...none,
    ...routes.flatMap(routeFlaws),
    ...routes.flatMap((route, index) => retirementFlaws(route, index, routes)),
    ...repeated(routes),
    ...validationFlaws(api),
    ...savedFlaws(api.checks?.calls),
  ]
}

/** What is said to be compared must have something to be compared with. */
function validationFlaws({ validation, document }: Pick<CheckedHttp, 'validation' | 'document'>): ApiFlaw[] {
  if (!isValidated(validation) || document !== undefined) return []
  const fix = 'import its OpenAPI document: `faregate api import NAME DOCUMENT`'
  return [{ path: ['validation'], problem: 'has no document to compare calls with', fix, missing: true }]
}

/** Whether anything of an API's calls is compared with its document. */
export function isValidated({ request = 'off', response = 'off' }: ApiValidation = {}): boolean {
  return request !== 'off' || response !== 'off'
}

/** Headers of a call that carry something already, small letters. */
function takenHeaders({ authentication, requestHeaders, upstream }: CheckedHttp): string[] {
  const secret = upstream?.header === undefined ? [] : [upstream.header.name]
  const set = [...secret, ...Object.keys(requestHeaders?.set ?? {})]
  return [...set.map((name) => name.toLowerCase()), ...credentialHeaders(authentication)]
}

const SHARED_IDENTITY: ApiFlaw = {
  path: ['cache'],
  problem: 'would give one caller what another was answered: the upstream is told who calls',
  fix: 'keep `cache` or `identity`',
}

const NO_ROUTES: ApiFlaw = {
  path: ['routes'],
  problem: 'is empty: nothing could be called',
  fix: 'add a route, or import a document',
  missing: true,
}

function prefixFlaws(prefix: string): ApiFlaw[] {
  const path = ['prefix']
  const segments = prefix.slice(1).split('/')
  if (
    !prefix.startsWith('/') ||
    segments.length > MOST_PREFIX_SEGMENTS ||
    !segments.every((segment) => /^[a-z0-9][a-z0-9._-]*$/.test(segment))
  )
    return [{ path, problem: `\`${prefix}\` is no prefix`, fix: 'write one like /weather: small letters, digits, dashes' }]
  const [first = ''] = segments
  return RESERVED_SEGMENTS.has(first)
    ? [{ path, problem: `\`/${first}\` is the gateway's own`, fix: `take another first segment, like /my-${first}` }]
    : []
}

function routeFlaws(route: ApiRoute, index: number): ApiFlaw[] {
  const at = (member: string, problem: string, fix: string): ApiFlaw => ({ path: ['routes', index, member], problem, fix })
  const flaws: ApiFlaw[] = []
  if (!isRoutePath(route.path))
    flaws.push(at('path', `\`${route.path}\` is no path of a route`, 'write one like /forecast/{city} or /files/*'))
  const paid = route.price !== undefined || route.metered !== undefined
  if (paid && route.free === true) flaws.push(at('free', 'has a price, and is free', 'keep one of them'))
  else if (route.free !== true && !paid)
    flaws.push({
      ...at('price', `\`${route.method} ${route.path}\` has no price`, 'set `price` for one call, or declare it: `free: true`'),
      missing: true,
    })
  else if (route.price !== undefined && parseAmount(route.price) === undefined)
    flaws.push(
      at('price', `\`${route.price}\` is no price`, 'write a decimal above zero, like "0.002"; what costs nothing is `free: true`'),
    )
  flaws.push(...meteredFlaws(route.metered).map((flaw) => ({ ...flaw, path: ['routes', index, 'metered', ...flaw.path] })))
  if (route.webSocket === true) flaws.push(...webSocketFlaws(route, at))
  if (route.chargeOn?.length === 0) flaws.push(at('chargeOn', 'is empty: nothing would be charged', 'declare it: `free: true`'))
  return flaws
}

/** What takes the place of a route must be there. */
function retirementFlaws({ path, retirement }: ApiRoute, index: number, routes: readonly ApiRoute[]): ApiFlaw[] {
  if (retirement === undefined) return []
  const { since, sunset, successor } = retirement
  const at = (member: string, problem: string, fix: string): ApiFlaw => ({ path: ['routes', index, 'retirement', member], problem, fix })
  const found = routes.some((other) => other.path === successor && other.path !== path && isCallable(other))
  return [
    ...(successor === undefined || found
      ? []
      : [at('successor', `\`${successor}\` is no other route that can be called`, 'write the path of one, like /v2/forecast/{city}')]),
    ...(sunset === undefined || Date.parse(sunset) > Date.parse(since)
      ? []
      : [at('sunset', `is not after ${since}, since when it goes`, 'write a later time')]),
  ]
}

function webSocketFlaws({ method, chargeOn, metered }: ApiRoute, at: (member: string, problem: string, fix: string) => ApiFlaw): ApiFlaw[] {
  return [
    ...(method === 'GET' ? [] : [at('method', `is ${method}, and a WebSocket begins with GET`, 'write GET')]),
    ...(chargeOn === undefined ? [] : [at('chargeOn', 'says nothing of a WebSocket: what is charged is a connection', 'leave it out')]),
    ...(metered === undefined ? [] : [at('metered', 'measures no WebSocket: what is charged is a connection', 'set a `price`')]),
  ]
}

/** Whether a route can have this path. */
export function isRoutePath(path: string): boolean {
  const segments = segmentsOf(path)
  if (!path.startsWith('/') || segments.length > MOST_SEGMENTS) return false
  return segments.every((segment, index) => {
    if (segment === '*') return index === segments.length - 1
    if (isParameter(segment)) return /^\{[A-Za-z_][A-Za-z0-9_-]*\}$/.test(segment)
    return segment !== '' && !/^\.{1,2}$/.test(segment) && /^[^/{}*?#%\\\s]+$/.test(segment)
  })
}

/** Two routes of the same method that the same paths fit; the names of parameters tell nothing apart. */
function repeated(routes: readonly ApiRoute[]): ApiFlaw[] {
  const seen = new Map<string, number>()
  return routes.flatMap(({ method, path }, index) => {
    const shape = `${method} ${segmentsOf(path)
      .map((segment) => (isParameter(segment) ? '{}' : segment))
      .join('/')}`
    const first = seen.get(shape)
    if (first === undefined) {
      seen.set(shape, index)
      return []
    }
    const problem = `\`${method} ${path}\` is the route at ${first} again`
    return [{ path: ['routes', index, 'path'], problem, fix: 'remove one of them' }]
  })
}
