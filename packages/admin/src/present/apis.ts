import { DEFAULT_CHARGE_ON, formatAmount, parseAmount, type ApiEntry, type ManagedBy } from '@faregate/core'
import type { AdminDeps } from '../deps.ts'
import type { ApiRow } from '../api-rows.ts'
import { lastFourOf } from './configuration.ts'

const DATABASE: ManagedBy = { source: 'database' }

/** An API without its secret, whether it comes from the configuration in force or from the database. */
export function presentApi({ publicUrl }: Pick<AdminDeps, 'publicUrl'>, api: ApiEntry | ApiRow) {
  const { name, kind, prefix, upstream, routes, timeouts, encodedSlashes } = api
  const { header } = upstream
  const shown = header && { name: header.name, lastFour: 'secret' in header ? lastFourOf(header.secret) : header.lastFour }
  return {
    name,
    kind,
    prefix,
    url: publicUrl() + prefix,
    upstream: { baseUrl: upstream.baseUrl, header: shown ?? null },
    routes: routes.map(({ method, path, price, chargeOn }) => ({
      method,
      path,
      price: price === undefined ? null : formatAmount(parseAmount(price) ?? 0n),
      chargeOn: [...(chargeOn ?? DEFAULT_CHARGE_ON)],
    })),
    timeouts: { firstByteMs: timeouts?.firstByteMs ?? null, silenceMs: timeouts?.silenceMs ?? null },
    encodedSlashes: encodedSlashes ?? ('refuse' as const),
    managedBy: 'managedBy' in api ? api.managedBy : DATABASE,
  }
}
