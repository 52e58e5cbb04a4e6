import type { RouteName } from '@faregate/contract'
import { upstreamsOf } from '@faregate/core'
import type { Context } from './call.ts'
import type { DraftDefinition, HttpDraft } from './configuration-rows.ts'
import { refuseTaken } from './managed.ts'
import type { AdminQueries, AdminTransaction } from './ports.ts'
import { found, invalid, notFound } from './refusal.ts'

/** Routes that may name an API which is not there yet. */
const BEGINNING: readonly RouteName[] = ['updateApiDraft', 'importApi']

/**
 * Closes every route of an API to whoever it does not belong to: 404, as where there is none. What begins one is closed where the
 * name is somebody else's, which is told, because all names are in one space: callers find APIs by them.
 */
export async function requireOwnApi({ deps, credential }: Context, route: RouteName, name: string): Promise<void> {
  const { organization } = credential
  if (organization === null) return
  const owner = await deps.store.read.apiOwners.get(name)
  if (owner === organization) return
  if (!BEGINNING.includes(route)) notFound('API', name)
  if (owner !== undefined || (await isKnown(deps, deps.store.read, name))) refuseTaken('API', name)
}

/** Whether the operator has, or had, something of this name. */
async function isKnown(
  { snapshot }: Pick<Context['deps'], 'snapshot'>,
  { apis, apiDrafts, apiReleases }: Pick<AdminQueries, 'apis' | 'apiDrafts' | 'apiReleases'>,
  name: string,
): Promise<boolean> {
  if (snapshot().apis.has(name)) return true
  return (await apis.get(name)) !== undefined || (await apiDrafts.get(name)) !== undefined || (await apiReleases.last(name)) > 0
}

/** The name, if there is, or was, an API of it. */
export async function requireKnown(deps: Context['deps'], name: string): Promise<void> {
  if (!(await isKnown(deps, deps.store.read, name))) notFound('API', name)
}

/**
 * Gives a name to the organization that begins to use it, for good: what was sold under it never becomes somebody else's. `asked`: for
 * whom the operator publishes.
 * @returns whose it is; undefined: the operator's
 */
export async function claimed(context: Context, trx: AdminTransaction, name: string, asked?: string): Promise<string | undefined> {
  const owner = await trx.apiOwners.get(name)
  const wanted = await sellerOf(context, trx, asked)
  if (wanted === undefined || wanted === owner) return owner
  const open = owner === undefined && (context.credential.organization === null || !(await isKnown(context.deps, trx, name)))
  if (!open || !(await trx.claimApi(name, wanted))) refuseTaken('API', name)
  return wanted
}

/** Whose what is made will be: of whoever makes it, or of whom the operator names; undefined: the operator's. */
export async function sellerOf(
  { credential }: Pick<Context, 'credential'>,
  { organizations }: Pick<AdminQueries, 'organizations'>,
  asked: string | undefined,
): Promise<string | undefined> {
  if (credential.organization === null) {
    if (asked !== undefined) found(await organizations.get(asked), 'organization', asked)
    return asked
  }
  if (asked !== undefined && asked !== credential.organization) return notFound('organization', asked)
  return credential.organization
}

/** Refuses what an organization may not publish, and the operator may. */
export function refuseBeyondOwner({ deps }: Context, owner: string | undefined, definition: DraftDefinition): void {
  if (owner === undefined) return
  refuseStandIns(definition)
  if (definition.kind !== 'http') return
  refuseUnreachable(deps, definition)
  refuseUnreachable(deps, definition.staging ?? {}, '/staging')
}

/** Ways in which callers send no key of the gateway, and somebody's key is charged all the same: whose, the operator alone says. */
function refuseStandIns({ authentication }: Pick<DraftDefinition, 'authentication'>): void {
  const stranger = (['jwt', 'introspection', 'mutualTls', 'public'] as const).find((way) => authentication?.[way] !== undefined)
  if (stranger !== undefined) invalid(`/authentication/${stranger}`, 'is for APIs of the operator: it decides which key is charged')
}

/** What an organization publishes calls nothing within the operator's network, but for what the configuration opens to it. */
function refuseUnreachable(deps: Context['deps'], { upstream, upstreams }: Pick<HttpDraft, 'upstream' | 'upstreams'>, at = ''): void {
  if (upstream === undefined) return
  const places: [pointer: string, url: string][] = [
    ...upstreamsOf({ upstream, upstreams }).map(({ baseUrl }, index): [string, string] => [
      upstreams === undefined ? '/upstream/baseUrl' : `/upstreams/${index}/baseUrl`,
      baseUrl,
    ]),
    ...(upstream.oauth === undefined ? [] : [['/upstream/oauth/tokenUrl', upstream.oauth.tokenUrl] satisfies [string, string]]),
  ]
  for (const [pointer, url] of places) {
    const why = deps.refusedUpstream(url)
    if (why !== undefined) invalid(at + pointer, why)
  }
}
