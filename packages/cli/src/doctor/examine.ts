import { apis } from './api-checks.ts'
import { callers } from './caller-checks.ts'
import { routes, soldApis } from './route-checks.ts'
import type { Check, Finding } from './finding.ts'
import { address, audit, clock, gateway, readiness } from './gateway-checks.ts'
import { keyLimits, keys } from './key-checks.ts'
import { caps } from './limit-checks.ts'
import { pendingPrices, prices, upstreams } from './model-checks.ts'
import { billing, ledger, seller } from './money-checks.ts'
import { plans } from './plan-checks.ts'
import { providers, realProviders } from './provider-checks.ts'
import type { Rig } from './rig.ts'

/** Everything that is examined, in the order in which a fault would show. */
const CHECKS: Check[] = [
  gateway,
  readiness,
  clock,
  address,
  providers,
  realProviders,
  upstreams,
  apis,
  routes,
  soldApis,
  callers,
  prices,
  pendingPrices,
  billing,
  seller,
  ledger,
  audit,
  keys,
  keyLimits,
  caps,
  plans,
]

/** Examines a running gateway through its own surface. */
export async function examine(rig: Rig): Promise<Finding[]> {
  return (await Promise.all(CHECKS.map((check) => check(rig)))).flat()
}
