import type { Denial } from '@faregate/core'
import { nearest } from './nearest.ts'
import { SURFACES } from './surfaces.ts'

/** What the data plane serves: method and path. */
export const DATA_PLANE_ROUTES: readonly { method: 'GET' | 'POST'; path: string }[] = [
  ...SURFACES.map(({ path }) => ({ method: 'POST' as const, path })),
  { method: 'GET', path: '/v1/models' },
  { method: 'POST', path: '/v1/explain' },
  { method: 'GET', path: '/v1/key' },
]

/** Refuses a path that is not served, and names the base URL that an SDK should have been given. */
export function routeUnknown(publicUrl: string, method: string, path: string): Denial {
  const hint = hintFor(publicUrl, method, path)
  const didYouMean = nearest(
    path,
    DATA_PLANE_ROUTES.map((route) => route.path),
  )
  return {
    code: 'route_unknown',
    detail: `${method} ${path.slice(0, 200)} is not served here.${hint === undefined ? '' : ` ${hint}`}`,
    ...(hint === undefined ? {} : { hint }),
    didYouMean,
    fixes: [{ kind: 'change_request', action: 'correct_path', by: 'caller', canYou: true, baseUrl: `${publicUrl}/v1` }],
  }
}

function hintFor(publicUrl: string, method: string, path: string): string | undefined {
  const known = DATA_PLANE_ROUTES.find((route) => route.path === path)
  if (known !== undefined) return `The path is right, but it takes ${known.method}, not ${method}.`
  const served = DATA_PLANE_ROUTES.find((route) => path.endsWith(route.path.slice('/v1'.length)))
  if (served === undefined) return undefined
  return `OpenAI's SDKs take the base URL ${publicUrl}/v1 and add "${served.path.slice('/v1'.length)}" themselves.`
}
