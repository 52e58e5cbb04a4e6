import type { Denial } from '@faregate/core'
import type { GatewayDeps } from '../deps.ts'
import { apiDeprecation, dayOf, deprecationHeaders } from '../retirement.ts'
import type { ApiTarget } from './port.ts'

type Settings = Pick<GatewayDeps, 'settings'>

/** Refuses calls of a route that is gone, and says what takes its place. Undefined: it is served. */
export function retiredRoute(deps: Settings, target: ApiTarget): Denial | undefined {
  const { api, route } = target
  if (route.retirement?.state !== 'retired') return undefined
  const { since, successor, link } = route.retirement
  const url = successorUrl(deps, target)
  const instead = successor === undefined ? '' : ` ${successor} takes its place.`
  return {
    code: 'api_retired',
    detail: `The route ${route.name} of the API "${api.name}" was retired on ${dayOf(Date.parse(since))}.${instead}`,
    scope: { level: 'route', id: route.name },
    successor: successor ?? null,
    ...(link === undefined ? {} : { documentation: link }),
    fixes: [{ kind: 'change_request', action: 'call_successor', by: 'caller', canYou: true, ...(url === undefined ? {} : { url }) }],
  }
}

/** Headers that tell callers that the route goes, or the API. `link`: what the upstream's answer links to. */
export function routeDeprecation(deps: GatewayDeps, target: ApiTarget, link: string | undefined): Record<string, string> {
  const { retirement } = target.route
  if (retirement === undefined) return apiDeprecation(deps, target.api, link)
  const { since, sunset, link: page } = retirement
  const times = { at: Date.parse(since), sunset: sunset === undefined ? undefined : Date.parse(sunset), link: page }
  return deprecationHeaders('api_deprecated', times, successorUrl(deps, target), link)
}

/** Where the same call goes from now on; undefined: it would need what this call does not say. */
function successorUrl({ settings }: Settings, { api, route, rest }: ApiTarget): string | undefined {
  const successor = route.retirement?.successor
  if (successor === undefined) return undefined
  const sent = rest.split('/')
  const named = route.path.split('/').map((segment, index) => [segment, sent[index]] as const)
  const values = new Map(named.filter(([segment]) => segment.startsWith('{')))
  const segments = successor.split('/').map((segment) => (segment.startsWith('{') ? values.get(segment) : segment))
  const path = segments.join('/')
  return segments.includes(undefined) || !IN_HEADERS.test(path) ? undefined : settings.publicUrl() + api.prefix + path
}

/** What a link can hold as it is (RFC 3986, 3.3). */
const IN_HEADERS = /^[\w\-.~%!$&'()*+,;=:@/]+$/
