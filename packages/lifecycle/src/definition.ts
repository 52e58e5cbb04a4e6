import { parseAmount, type ApiDefinition, type ApiRoute } from '@faregate/core'
import { presentationFlaws } from './presentation-flaws.ts'
import { RESERVED_SEGMENTS } from './reserved.ts'
import { isParameter, segmentsOf } from './route-table.ts'

/** What is wrong with a definition, where, and how it is mended. */
export interface ApiFlaw {
  /** Of the member: `['routes', 3, 'price']`. */
  path: (string | number)[]
  problem: string
  fix: string
  /** Nothing that is there is wrong: something is missing, which a draft may lack still. */
  missing?: true
}

interface Upstream {
  baseUrl: string
  header?: { name: string } | undefined
}

type Checked = Pick<ApiDefinition, 'prefix' | 'routes' | 'presentation'> & { upstream?: Upstream | undefined }

const MOST_PREFIX_SEGMENTS = 4
const MOST_SEGMENTS = 32

/** Everything that a schema cannot see: what is reserved, what has no price, what is there twice. */
export function flawsOf(api: Checked): ApiFlaw[] {
  const upstream = api.upstream === undefined ? [NO_UPSTREAM] : upstreamFlaws(api.upstream)
  const none = api.routes.length === 0 ? [NO_ROUTES] : []
  const routes = [...none, ...api.routes.flatMap(routeFlaws), ...repeated(api.routes)]
  return [...prefixFlaws(api.prefix), ...upstream, ...routes, ...presentationFlaws(api.presentation)]
}

const NO_UPSTREAM: ApiFlaw = {
  path: ['upstream'],
  problem: 'is missing: nothing is behind the API',
  fix: 'set `upstream.baseUrl` to where the service is',
  missing: true,
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

function upstreamFlaws({ baseUrl, header }: Upstream): ApiFlaw[] {
  const flaws: ApiFlaw[] = []
  const url = URL.parse(baseUrl)
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    flaws.push({
      path: ['upstream', 'baseUrl'],
      problem: 'is no address of an upstream',
      fix: 'write an http or https URL without user, password, query and fragment; a secret belongs into `header`',
    })
  if (header !== undefined && (!/^[a-z0-9-]+$/i.test(header.name) || UNSENDABLE.has(header.name.toLowerCase())))
    flaws.push({
      path: ['upstream', 'header', 'name'],
      problem: `\`${header.name}\` cannot carry a secret`,
      fix: 'name a header that the upstream reads, like authorization or x-api-key',
    })
  return flaws
}

/** Headers that say how a message is framed, or where it goes. */
const UNSENDABLE = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

function routeFlaws(route: ApiRoute, index: number): ApiFlaw[] {
  const at = (member: string, problem: string, fix: string): ApiFlaw => ({ path: ['routes', index, member], problem, fix })
  const flaws: ApiFlaw[] = []
  if (!isRoutePath(route.path))
    flaws.push(at('path', `\`${route.path}\` is no path of a route`, 'write one like /forecast/{city} or /files/*'))
  if (route.price !== undefined && route.free === true) flaws.push(at('free', 'has a price, and is free', 'keep one of them'))
  else if (route.free !== true && route.price === undefined)
    flaws.push({
      ...at('price', `\`${route.method} ${route.path}\` has no price`, 'set `price` for one call, or declare it: `free: true`'),
      missing: true,
    })
  else if (route.price !== undefined && parseAmount(route.price) === undefined)
    flaws.push(
      at('price', `\`${route.price}\` is no price`, 'write a decimal above zero, like "0.002"; what costs nothing is `free: true`'),
    )
  if (route.chargeOn?.length === 0) flaws.push(at('chargeOn', 'is empty: nothing would be charged', 'declare it: `free: true`'))
  return flaws
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
