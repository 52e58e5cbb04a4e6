import { isDeepStrictEqual } from 'node:util'
import type { CanaryTerms } from '@faregate/core'
import { fieldChanges } from '@faregate/lifecycle'
import { refuseSharedPrefix, wholeDefinition } from '../api-definition.ts'
import { agreed } from '../api-approval.ts'
import { refuseUntriable, refuseWhileTried, sentTerms } from '../api-canary.ts'
import { changeListing } from '../api-listing.ts'
import { examine, keepRelease, presentRelease, release, releaseFacts, servingOf, tellChangedRoutes, type Serving } from '../api-release.ts'
import { putInStaging } from '../api-staging.ts'
import type { Call, Context, Handlers } from '../call.ts'
import { changeConfiguration } from '../change.ts'
import type { ApiDraftRow, ApiReleaseRow, ApiRow, KeptDefinition } from '../configuration-rows.ts'
import { refuseManaged } from '../managed.ts'
import { wholeList } from '../paging.ts'
import type { AdminQueries, AdminTransaction } from '../ports.ts'
import { presentDefinition, presentTerms, routeCount } from '../present/apis.ts'
import { presentListing } from '../present/listing.ts'
import { found, invalid, notFound, refuse } from '../refusal.ts'

export const apisNameReleases: Handlers<'listApiReleases' | 'publishApi' | 'getApiRelease' | 'rollbackApi'> = {
  async listApiReleases({ deps, params: { name } }) {
    const { read } = deps.store
    const [rows, serving] = await Promise.all([read.apiReleases.list(name), servingOf(read, name)])
    found(rows[0], 'release of an API', name)
    return wholeList(rows.map((row) => ({ ...releaseFacts(row, serving), routes: routeCount(row.definition) })))
  },

  async publishApi(call) {
    const { deps, body } = call
    const { name } = call.params
    refuseManaged('API', name, deps.snapshot().apis.get(name)?.managedBy)
    const terms = body.canary && sentTerms(body.canary, '/canary')
    if (terms !== undefined && body.stage === 'staging') return invalid('/canary', 'is of production: in staging one release serves all')
    const draft = await publishable(call, deps.store.read)
    const definition = wholeDefinition(draft.definition)
    const flaws = await examine(call, name, draft.definition, body.override, body.stage)
    const about = { note: body.note ?? null, overridden: flaws.map(({ code }) => code) }
    const shown = await presentRelease(deps, unmade(call, definition, about), undefined, await releaseOf(deps, name, draft.base))
    return changeConfiguration(call, async (trx) => {
      await trx.lockApis()
      const now = await publishable(call, trx)
      // A draft that was discarded and begun anew counts its revisions anew, too.
      if (!isDeepStrictEqual(now.definition, draft.definition)) return refuseChanged(deps, name, now, await trx.apis.get(name))
      await refuseSharedPrefix(call, trx, { name, prefix: definition.prefix })
      const where = body.stage === 'staging' ? { stage: body.stage } : await agreed(call, trx, name)
      await trx.deleteApiDraft(name, now.revision)
      const { made, serving } = await published(call, trx, { definition, about, terms })
      const listing = await changeListing(call, trx, name, body.listing, '/listing')
      const answer = { ...shown, ...releaseFacts(made, serving) }
      const listed = body.listing === undefined ? {} : { listing: presentListing({ listing }) }
      const tried = terms === undefined ? {} : { canary: presentTerms(terms) }
      const after = { release: made.number, ...where, ...about, ...tried, ...listed, changes: shown.changes }
      return { event: { action: 'api.publish', subject: name, organization: null, before: { release: draft.base }, after }, answer }
    })
  },

  async getApiRelease({ deps, params: { name, number }, query }) {
    const { read } = deps.store
    const row = found(await read.apiReleases.get(name, number), 'release of an API', `${name} ${number}`)
    const other = query.against ?? number - 1
    const against = await read.apiReleases.get(name, other)
    if (query.against !== undefined) found(against, 'release of an API', `${name} ${other}`)
    return presentRelease(deps, row, await servingOf(read, name), against)
  },

  async rollbackApi(call) {
    const { deps, body } = call
    const { name } = call.params
    refuseManaged('API', name, deps.snapshot().apis.get(name)?.managedBy)
    const { read } = deps.store
    const row = found(await read.apiReleases.get(name, body.release), 'release of an API', `${name} ${body.release}`)
    if (row.inForceAt === null)
      return invalid('/release', `release ${row.number} was never in force for all callers: it is promoted, not gone back to`)
    const current = await read.apis.get(name)
    const shown = await presentRelease(deps, row, { release: row.number }, await releaseOf(deps, name, current?.release ?? 0))
    return changeConfiguration(call, async (trx) => {
      await trx.lockApis()
      const before = await trx.apis.get(name)
      await refuseSharedPrefix(call, trx, { name, prefix: row.definition.prefix })
      await tellChangedRoutes(deps, trx, before, { ...row.definition, name })
      await trx.putApi({ ...row.definition, name, release: row.number, createdAt: before?.createdAt ?? deps.clock.now() })
      const event = {
        action: 'api.rollback',
        subject: name,
        organization: null,
        before: { release: before?.release ?? null, canary: before?.canary ?? null },
        after: { release: row.number, changes: shown.changes },
      }
      return { event, answer: shown }
    })
  },
}

/** A release as it will be, before it has a number. */
function unmade({ deps, credential, params }: Call<'publishApi'>, definition: KeptDefinition, about: About): ApiReleaseRow {
  const { name: api } = params
  return { api, number: 0, definition, ...about, publishedBy: credential.id, publishedAt: deps.clock.now(), base: 0, inForceAt: null }
}

type About = Pick<ApiReleaseRow, 'note' | 'overridden'>

async function releaseOf({ store }: Context['deps'], name: string, number: number): Promise<ApiReleaseRow | undefined> {
  return number === 0 ? undefined : store.read.apiReleases.get(name, number)
}

/** Puts a release in force, or beside the one that is (`terms`), or in staging. */
async function published(
  call: Call<'publishApi'>,
  trx: AdminTransaction,
  { definition, about, terms }: { definition: KeptDefinition; about: About; terms: CanaryTerms | undefined },
): Promise<{ made: ApiReleaseRow; serving: Serving }> {
  const { deps, params, body } = call
  const { name } = params
  const inForce = await trx.apis.get(name)
  const row = { ...definition, name, createdAt: inForce?.createdAt ?? deps.clock.now() }
  if (body.stage === 'staging') {
    const made = await keepRelease(call, trx, row, about)
    await putInStaging(call, trx, made)
    return { made, serving: { ...inForce, staged: made.number } }
  }
  await refuseWhileTried(deps, trx, inForce)
  if (terms === undefined) {
    const { release: made } = await release(call, trx, row, about)
    return { made, serving: { release: made.number } }
  }
  const { release: beside } = refuseUntriable(inForce, definition, terms, '/canary')
  const made = await keepRelease(call, trx, row, about)
  const canary = { release: made.number, ...terms }
  await trx.putApiCanary(name, canary)
  return { made, serving: { release: beside, canary } }
}

/** The draft, if it is still the one that was looked at, and what it was begun on is still in force. Else it is told what changed. */
export async function publishable(
  { deps, body, params }: Pick<Call<'publishApi'>, 'deps' | 'body' | 'params'>,
  read: Pick<AdminQueries, 'apis' | 'apiDrafts' | 'apiReleases'>,
): Promise<ApiDraftRow> {
  const { name } = params
  const [draft, inForce] = await Promise.all([read.apiDrafts.get(name), read.apis.get(name)])
  const base = body.base ?? draft?.base
  const current = inForce?.release ?? 0
  if (draft === undefined && (base === undefined || base === current)) return notFound('draft of an API', name)
  if (draft === undefined || base !== current || draft.base !== current)
    return refuseOvertaken(deps, name, await read.apiReleases.get(name, current), await read.apiReleases.get(name, base ?? 0))
  if (draft.revision === body.revision) return draft
  return refuseChanged(deps, name, draft, inForce)
}

function refuseChanged(
  deps: Context['deps'],
  name: string,
  { revision, changedBy, definition }: ApiDraftRow,
  inForce: ApiRow | undefined,
): never {
  return refuse({
    code: 'release_conflict',
    detail: `The draft of "${name}" was changed by ${changedBy}, and is at revision ${revision} now. Look at it again.`,
    changes: fieldChanges(inForce && presentDefinition(deps, inForce), presentDefinition(deps, definition)),
  })
}

/** Somebody else was faster, or went back: says who, and what that changed. */
function refuseOvertaken(deps: Context['deps'], name: string, now: ApiReleaseRow | undefined, before: ApiReleaseRow | undefined): never {
  const who = now === undefined ? `The API "${name}" was taken off` : `Release ${now.number} of "${name}" by ${now.publishedBy} is in force`
  const on = before === undefined ? 'when nothing was published' : `on release ${before.number}`
  return refuse({
    code: 'release_conflict',
    detail: `${who}, and the draft was begun ${on}. Look at what changed, and take it up: \`faregate api edit ${name} --rebase\`.`,
    release: now?.number ?? null,
    changes: fieldChanges(before && presentDefinition(deps, before.definition), now && presentDefinition(deps, now.definition)),
  })
}
