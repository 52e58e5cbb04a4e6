import { DEFAULT_CHARGE_ON, formatAmount, parseAmount, type ApiEntry, type ApiProxying, type ManagedBy } from '@faregate/core'
import type { AdminDeps } from '../deps.ts'
import type { ApiRow, DraftDefinition } from '../configuration-rows.ts'
import { lastFourOf } from './configuration.ts'
import { presentListing, presentPresentation } from './listing.ts'
import { presentRetirement } from './retirement.ts'

const DATABASE: ManagedBy = { source: 'database' }

/** As an API is shown that has no upstream. */
export const NOTHING_BEHIND = { baseUrl: '', header: null, basic: null, oauth: null }

/** An API without its secret, whether it comes from the configuration in force or from the database. */
export function presentApi(deps: Pick<AdminDeps, 'publicUrl'>, api: ApiEntry | ApiRow) {
  const { upstream, ...shown } = presentDefinition(deps, api)
  return {
    name: api.name,
    ...shown,
    upstream: upstream ?? NOTHING_BEHIND,
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
    upstream: upstream === undefined ? null : presentUpstream(upstream),
    routes: routes.map(({ method, path, price, free, chargeOn, off }) => ({
      method,
      path,
      price: price === undefined ? null : formatAmount(parseAmount(price) ?? 0n),
      free: free === true,
      chargeOn: [...(chargeOn ?? DEFAULT_CHARGE_ON)],
      off: off === true,
    })),
    timeouts: {
      connectMs: timeouts?.connectMs ?? null,
      firstByteMs: timeouts?.firstByteMs ?? null,
      silenceMs: timeouts?.silenceMs ?? null,
    },
    ...presentProxying(definition),
    encodedSlashes: encodedSlashes ?? ('refuse' as const),
    presentation: presentPresentation(presentation),
  }
}

/** Null: nothing is said. */
function presentProxying(definition: ApiProxying) {
  return {
    upstreams: definition.upstreams ?? null,
    health: definition.health ?? null,
    retries: definition.retries ?? null,
    addresses: definition.addresses ?? null,
    rewrite: definition.rewrite ?? null,
    requestHeaders: definition.requestHeaders ?? null,
    responseHeaders: definition.responseHeaders ?? null,
    hostHeader: definition.hostHeader ?? null,
  }
}

function presentUpstream({ baseUrl, header, basic, oauth }: NonNullable<DraftDefinition['upstream'] | ApiEntry['upstream']>) {
  return {
    baseUrl,
    header: header === undefined ? null : { name: header.name, lastFour: tailOf(header) },
    basic: basic === undefined ? null : { user: basic.user, lastFour: tailOf(basic) },
    oauth:
      oauth === undefined
        ? null
        : { tokenUrl: oauth.tokenUrl, clientId: oauth.clientId, scopes: oauth.scopes ?? [], lastFour: tailOf(oauth) },
  }
}

function tailOf(secret: { secret: string } | { lastFour: string }): string {
  return 'secret' in secret ? lastFourOf(secret.secret) : secret.lastFour
}
