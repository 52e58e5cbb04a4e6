import { isApi, type Denial, type Product } from '@faregate/core'
import type { KeyEntry } from '@faregate/identity'
import type { ModelRequest } from '@faregate/wire'
import { authorize, authorizeApi } from './authorize.ts'
import type { GatewayDeps } from './deps.ts'
import { laterBlockers } from './evaluate.ts'
import type { Route } from './locate.ts'
import { checkUse } from './permission.ts'
import { checkStanding } from './standing.ts'
import type { Use } from './trace/step.ts'

/** What stands against a call before money is looked at: the first in precedence, with every other blocker in `also`. */
export async function firstBlocker(
  deps: GatewayDeps,
  key: KeyEntry,
  use: Use & { product: Product },
  route: Route,
  request: ModelRequest,
): Promise<Denial | undefined> {
  const standing = checkStanding(deps.settings, key)
  const { product } = use
  const allowed = isApi(product) ? authorizeApi(key, product.api) : authorize(key, route.model.name)
  const permission = checkUse(key, use) ?? allowed
  const first = standing ?? permission
  if (first === undefined) return undefined
  const { also: money = [], ...evidence } = await laterBlockers(deps, key, route, request)
  const also = first !== permission && permission !== undefined ? [permission.code, ...money] : money
  return { ...first, ...evidence, ...(also.length === 0 ? {} : { also }) }
}
