import {
  DEFAULT_CHARGE_ON,
  formatAmount,
  isCallable,
  meteredTexts,
  parseAmount,
  type ApiAuthentication,
  type ApiRoute,
} from '@faregate/core'
import { callerChanges } from './caller-changes.ts'
import { added, changed, removed, type ApiChange } from './openapi/diff/change.ts'
import { shapeOf } from './openapi/operations.ts'

/** What of two releases callers notice beside their documents. */
export interface Called {
  prefix: string
  routes: readonly ApiRoute[]
  /** Absent: a key, where it always can be. */
  authentication?: ApiAuthentication | undefined
}

/**
 * In what one release differs from the one before, as callers notice it: where it is, how they prove who they are, what can be called, what that costs; and what
 * their documents say (`documented`). Nothing of what is behind the API. What breaks callers stands first.
 */
export function releaseChanges(before: Called, after: Called, documented: readonly ApiChange[]): ApiChange[] {
  const moved = before.prefix === after.prefix ? [] : [changed('the prefix', `it was ${before.prefix} and is ${after.prefix}`, true)]
  const told = new Set(documented.map(({ kind, at }) => `${kind} ${at}`))
  const routes = routeChanges(before.routes, after.routes).filter(({ kind, at }) => !told.has(`${kind} ${at}`))
  const all = [...moved, ...callerChanges(before.authentication, after.authentication), ...documented, ...routes]
  return [...all.filter(({ breaking }) => breaking), ...all.filter(({ breaking }) => !breaking)]
}

function routeChanges(before: readonly ApiRoute[], after: readonly ApiRoute[]): ApiChange[] {
  const [was, is] = [callable(before), callable(after)]
  const gone = [...was].filter(([shape]) => !is.has(shape)).map(([, route]) => removed(nameOf(route), 'the route'))
  const changes = [...is].flatMap(([shape, route]): ApiChange[] => {
    const old = was.get(shape)
    if (old === undefined) return [added(nameOf(route), 'the route')]
    const [cost, costs] = [costOf(old), costOf(route)]
    const [charged, charges] = [chargedFor(old), chargedFor(route)]
    return [
      ...(old.webSocket === route.webSocket ? [] : [changed(nameOf(route), WEB_SOCKET[String(route.webSocket === true)] ?? '', true)]),
      ...(route.retirement === undefined || old.retirement !== undefined ? [] : [changed(nameOf(route), 'it is deprecated now', false)]),
      ...(cost === costs ? [] : [changed(nameOf(route), `a call cost ${cost} and costs ${costs}`, false)]),
      ...(charged === charges || cost === FREE || costs === FREE
        ? []
        : [changed(nameOf(route), `answers were charged for ${charged} and are for ${charges}`, false)]),
    ]
  })
  return [...gone, ...changes]
}

/** Those that can be called, by the paths that they take. */
function callable(routes: readonly ApiRoute[]): Map<string, ApiRoute> {
  const served = routes.filter(isCallable)
  return new Map(served.map((route) => [shapeOf(route.method, route.path), route]))
}

function nameOf({ method, path }: ApiRoute): string {
  return `${method} ${path}`
}

const FREE = 'nothing'

const WEB_SOCKET: Record<string, string> = { true: 'it is a WebSocket now', false: 'it is no WebSocket any more' }

function chargedFor({ chargeOn }: ApiRoute): string {
  return (chargeOn ?? DEFAULT_CHARGE_ON).toSorted().join(', ')
}

function costOf({ price, metered, free }: ApiRoute): string {
  if (free === true) return FREE
  const parts = [
    ...(price === undefined ? [] : [formatAmount(parseAmount(price) ?? 0n)]),
    ...(metered === undefined ? [] : meteredTexts(metered)),
  ]
  return parts.length === 0 ? FREE : parts.join(' and ')
}
