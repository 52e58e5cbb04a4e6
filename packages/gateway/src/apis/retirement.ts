import type { ApiEntry, ApiRetirement, Denial } from '@faregate/core'
import type { GatewayDeps } from '../deps.ts'

/** Refuses calls of an API that is gone for good, and says what takes its place. Undefined: it is served. */
export function retired(deps: GatewayDeps, { name, retirement }: ApiEntry): Denial | undefined {
  if (retirement?.state !== 'retired') return undefined
  const { successor, link } = retirement
  const url = successorUrl(deps, retirement)
  const instead = successor === undefined ? '' : ` "${successor}" takes its place.`
  return {
    code: 'api_retired',
    detail: `The API "${name}" was retired on ${dayOf(retirement.at)}.${instead}`,
    scope: { level: 'api', id: name },
    successor: successor ?? null,
    ...(link === undefined ? {} : { documentation: link }),
    fixes: [{ kind: 'change_request', action: 'call_successor', by: 'caller', canYou: true, ...(url === undefined ? {} : { url }) }],
  }
}

/** Headers that tell callers of a deprecated API so: since when, until when, and where to go. None of another one. */
export function deprecationHeaders(deps: GatewayDeps, { retirement }: ApiEntry, link: string | undefined): Record<string, string> {
  if (retirement === undefined) return {}
  const url = successorUrl(deps, retirement)
  const links = [
    ...(link === undefined ? [] : [link]),
    ...(url === undefined ? [] : [`<${url}>; rel="successor-version"`]),
    ...(retirement.link === undefined ? [] : [`<${retirement.link}>; rel="deprecation"; type="text/html"`]),
  ]
  return {
    deprecation: `@${Math.floor(retirement.at / 1000)}`,
    ...(retirement.sunset === undefined ? {} : { sunset: new Date(retirement.sunset).toUTCString() }),
    ...(links.length === 0 ? {} : { link: links.join(', ') }),
  }
}

/** Where the API is that takes its place, as long as it is published. */
function successorUrl(deps: GatewayDeps, { successor }: ApiRetirement): string | undefined {
  const entry = successor === undefined ? undefined : deps.snapshot().apis.get(successor)
  return entry && deps.settings.publicUrl() + entry.prefix
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}
