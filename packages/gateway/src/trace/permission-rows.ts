import { isApi, servedRelease, type TraceStep } from '@faregate/core'
import type { KeyEntry } from '@faregate/identity'
import { addressRefused } from '../apis/addresses.ts'
import { authorize, authorizeApi } from '../authorize.ts'
import type { GatewayDeps } from '../deps.ts'
import { checkAddress, checkScope } from '../permission.ts'
import { checkStanding } from '../standing.ts'
import { row } from './row.ts'
import type { Use } from './step.ts'

/** What an organization and its key may do, looked at once more: none of it depends on anything but the key and the request. */
export function permissionRows(deps: GatewayDeps, key: KeyEntry, use: Use, release?: number): TraceStep[] {
  const { scope, address, product, standing } = use
  return [
    ...(standing === undefined
      ? []
      : [row('standing', checkStanding(deps.settings, key), { organization: key.organization.id, suspended: key.organization.suspended })]),
    row('scope', checkScope(key, scope), { required: scope, granted: key.scopes.length === 0 ? 'all' : key.scopes }),
    row('address', checkAddress(key, address), { required: address, granted: key.addresses ?? 'all' }),
    ...(product === undefined
      ? []
      : isApi(product)
        ? apiRows(deps, key, { api: product.api, release }, address)
        : [modelRow(key, product.model)]),
  ]
}

function modelRow(key: KeyEntry, model: string): TraceStep {
  return row('model', authorize(key, model), { required: model, granted: key.models ?? 'all' })
}

/** Which addresses an API takes is its publisher's, and told to nobody. */
function apiRows(
  deps: GatewayDeps,
  key: KeyEntry,
  { api, release }: { api: string; release: number | undefined },
  address: string,
): TraceStep[] {
  const allowed = row('api', authorizeApi(key, api), { required: api, granted: key.apis ?? 'all' })
  const { apis, staged } = deps.snapshot()
  const known = (key.stage === 'staging' ? staged : apis).get(api)
  const entry = known && servedRelease(known, release)
  if (entry?.kind !== 'http' || entry.addresses === undefined) return [allowed]
  return [allowed, row('api_address', addressRefused(entry, address), { required: address })]
}
