import { NOTICE_HEADER, type ApiEntry, type Denial, type ModelEntry, type NoticeCode, type Retirement } from '@faregate/core'
import type { GatewayDeps } from './deps.ts'

/** Refuses calls of an API that is gone for good, and says what takes its place. Undefined: it is served. */
export function retiredApi(deps: GatewayDeps, { name, retirement }: ApiEntry): Denial | undefined {
  if (retirement?.state !== 'retired') return undefined
  const url = apiUrl(deps, retirement)
  const successor = { kind: 'change_request', action: 'call_successor', by: 'caller', canYou: true } as const
  return {
    code: 'api_retired',
    detail: `The API "${name}" was retired on ${dayOf(retirement.at)}.${instead(retirement)}`,
    scope: { level: 'api', id: name },
    ...told(retirement),
    fixes: [{ ...successor, ...(url === undefined ? {} : { url }) }],
  }
}

/** The same of a model. */
export function retiredModel({ name, retirement }: ModelEntry): Denial | undefined {
  if (retirement?.state !== 'retired') return undefined
  const { successor } = retirement
  return {
    code: 'model_retired',
    detail: `The model "${name}" was retired on ${dayOf(retirement.at)}.${instead(retirement)}`,
    scope: { level: 'model', id: name },
    pointer: '/model',
    ...told(retirement),
    fixes: [
      {
        kind: 'change_request',
        action: 'use_successor',
        by: 'caller',
        canYou: true,
        ...(successor === undefined ? {} : { model: successor }),
      },
    ],
  }
}

function told({ successor, link }: Retirement): Pick<Denial, 'successor' | 'documentation'> {
  return { successor: successor ?? null, ...(link === undefined ? {} : { documentation: link }) }
}

function instead({ successor }: Retirement): string {
  return successor === undefined ? '' : ` "${successor}" takes its place.`
}

/** Headers that tell callers of a deprecated API so. `link`: what the upstream's answer links to. None of an API that stays. */
export function apiDeprecation(deps: GatewayDeps, { retirement }: ApiEntry, link: string | undefined): Record<string, string> {
  return retirement === undefined ? {} : deprecationHeaders('api_deprecated', retirement, apiUrl(deps, retirement), link)
}

/** The same of a model. */
export function modelDeprecation(deps: GatewayDeps, { retirement }: Pick<ModelEntry, 'retirement'>): Record<string, string> {
  if (retirement === undefined) return {}
  const { successor } = retirement
  const url = successor === undefined ? undefined : `${deps.settings.publicUrl()}/v1/models/${encodeURIComponent(successor)}`
  return deprecationHeaders('model_deprecated', retirement, url, undefined)
}

/** Since when, until when, and where to go (RFC 9745, RFC 8594, RFC 5829). */
export function deprecationHeaders(
  notice: NoticeCode,
  { at, sunset, link: page }: Pick<Retirement, 'at' | 'sunset' | 'link'>,
  successor: string | undefined,
  link: string | undefined,
): Record<string, string> {
  const links = [
    ...(link === undefined ? [] : [link]),
    ...(successor === undefined ? [] : [`<${successor}>; rel="successor-version"`]),
    ...(page === undefined ? [] : [`<${page}>; rel="deprecation"; type="text/html"`]),
  ]
  return {
    [NOTICE_HEADER]: notice,
    deprecation: `@${Math.floor(at / 1000)}`,
    ...(sunset === undefined ? {} : { sunset: new Date(sunset).toUTCString() }),
    ...(links.length === 0 ? {} : { link: links.join(', ') }),
  }
}

/** Where the API is that takes its place, as long as it is published. */
function apiUrl(deps: GatewayDeps, { successor }: Retirement): string | undefined {
  const entry = successor === undefined ? undefined : deps.snapshot().apis.get(successor)
  return entry && deps.settings.publicUrl() + entry.prefix
}

export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}
