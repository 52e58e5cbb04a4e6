import type { Denial, KeyScope } from '@faregate/core'
import type { KeyEntry } from '@faregate/identity'
import type { ModelRequest } from '@faregate/wire'
import { authorize } from './authorize.ts'
import type { GatewayDeps } from './deps.ts'
import { laterBlockers } from './evaluate.ts'
import type { Route } from './locate.ts'
import { checkUse } from './permission.ts'
import { checkStanding } from './standing.ts'

/** What stands against a call before money is looked at: the first in precedence, with every other blocker in `also`. */
export async function firstBlocker(
  deps: GatewayDeps,
  key: KeyEntry,
  use: { scope: KeyScope; address: string },
  route: Route,
  request: ModelRequest,
): Promise<Denial | undefined> {
  const standing = checkStanding(deps.settings, key)
  const permission = checkUse(key, use.scope, use.address) ?? authorize(key, route.model.name)
  const first = standing ?? permission
  if (first === undefined) return undefined
  const { also: money = [] } = await laterBlockers(deps, key, route, request)
  const also = first !== permission && permission !== undefined ? [permission.code, ...money] : money
  return also.length === 0 ? first : { ...first, also }
}
