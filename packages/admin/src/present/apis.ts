import { DEFAULT_CHARGE_ON, formatAmount, parseAmount, type ApiEntry, type ManagedBy } from '@faregate/core'
import type { AdminDeps } from '../deps.ts'
import type { ApiRow, DraftDefinition } from '../configuration-rows.ts'
import { lastFourOf } from './configuration.ts'
import { presentListing, presentPresentation } from './listing.ts'
import { presentRetirement } from './retirement.ts'

const DATABASE: ManagedBy = { source: 'database' }

/** An API without its secret, whether it comes from the configuration in force or from the database. */
export function presentApi(deps: Pick<AdminDeps, 'publicUrl'>, api: ApiEntry | ApiRow) {
  const { upstream, ...shown } = presentDefinition(deps, api)
  return {
    name: api.name,
    ...shown,
    upstream: upstream ?? { baseUrl: '', header: null },
    release: api.release ?? null,
    document: api.document !== undefined,
    retirement: presentRetirement(api),
    listing: presentListing(api),
    managedBy: 'managedBy' in api ? api.managedBy : DATABASE,
  }
}

/** A definition without its secret; `upstream` is null where there is none yet. */
export function presentDefinition({ publicUrl }: Pick<AdminDeps, 'publicUrl'>, definition: DraftDefinition | ApiEntry) {
  const { kind, prefix, upstream, routes, timeouts, encodedSlashes, presentation } = definition
  return {
    kind,
    prefix,
    url: publicUrl() + prefix,
    upstream: upstream === undefined ? null : { baseUrl: upstream.baseUrl, header: headerOf(upstream.header) },
    routes: routes.map(({ method, path, price, free, chargeOn }) => ({
      method,
      path,
      price: price === undefined ? null : formatAmount(parseAmount(price) ?? 0n),
      free: free === true,
      chargeOn: [...(chargeOn ?? DEFAULT_CHARGE_ON)],
    })),
    timeouts: { firstByteMs: timeouts?.firstByteMs ?? null, silenceMs: timeouts?.silenceMs ?? null },
    encodedSlashes: encodedSlashes ?? ('refuse' as const),
    presentation: presentPresentation(presentation),
  }
}

type Header = NonNullable<DraftDefinition['upstream'] | ApiEntry['upstream']>['header']

function headerOf(header: Header): { name: string; lastFour: string } | null {
  if (header === undefined) return null
  return { name: header.name, lastFour: 'secret' in header ? lastFourOf(header.secret) : header.lastFour }
}
