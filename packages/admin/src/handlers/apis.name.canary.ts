import { agreed } from '../api-approval.ts'
import { refuseUntriable, refuseWhileTried, sentTerms } from '../api-canary.ts'
import { examine, presentRelease, tellChangedRoutes } from '../api-release.ts'
import type { Call, Context, Handlers } from '../call.ts'
import { changeConfiguration } from '../change.ts'
import type { ApiReleaseRow, ApiRow } from '../configuration-rows.ts'
import { refuseManaged } from '../managed.ts'
import { presentTerms } from '../present/apis.ts'
import { found, invalid, refuse } from '../refusal.ts'

export const apisNameCanary: Handlers<'setApiCanary' | 'promoteApiCanary' | 'stopApiCanary'> = {
  async setApiCanary(call) {
    const { deps, body } = call
    const { name } = call.params
    const { row, inForce } = await both(call, body.release)
    const terms = sentTerms(body)
    if (row.number === inForce.release) return invalid('/release', `release ${row.number} is in force for all callers`)
    // Whose share only grows was looked at when it began.
    const known = inForce.canary?.release === row.number
    const flaws = known ? [] : await examine(call, name, row.definition, body.override)
    const canary = { release: row.number, ...terms }
    const answer = await presentRelease(deps, row, { ...inForce, canary }, await inForceRelease(call, inForce))
    return changeConfiguration(call, async (trx) => {
      await trx.lockApis()
      const now = refuseUntriable(await trx.apis.get(name), row.definition, terms)
      if (now.canary?.release !== row.number) await refuseWhileTried(deps, trx, now)
      const asked = await agreed(call, trx, name)
      await trx.putApiCanary(name, canary)
      const before = now.canary === undefined ? null : { release: now.canary.release, ...presentTerms(now.canary) }
      const after = { release: row.number, ...presentTerms(terms), overridden: flaws.map(({ code }) => code), ...asked }
      return { event: { action: 'api.canary', subject: name, organization: null, before, after }, answer }
    })
  },

  async promoteApiCanary(call) {
    const { deps, body } = call
    const { name } = call.params
    const { row, inForce } = await both(call, body.release)
    const shown = await presentRelease(deps, row, { release: row.number }, await inForceRelease(call, inForce))
    return changeConfiguration(call, async (trx) => {
      await trx.lockApis()
      const now = found(await trx.apis.get(name), 'API', name)
      if (now.canary?.release !== row.number) return refuseOther(name, row.number, now)
      const asked = await agreed(call, trx, name)
      await tellChangedRoutes(deps, trx, now, { ...row.definition, name })
      await trx.putApi({ ...row.definition, name, release: row.number, createdAt: now.createdAt })
      const answer = { ...shown, inForceAt: shown.inForceAt ?? new Date(deps.clock.now()).toISOString() }
      const event = {
        action: 'api.promote',
        subject: name,
        organization: null,
        before: { release: now.release, canary: presentTerms(now.canary) },
        after: { release: row.number, changes: shown.changes, ...asked },
      }
      return { event, answer }
    })
  },

  async stopApiCanary(call) {
    const { deps } = call
    const { name } = call.params
    refuseManaged('API', name, deps.snapshot().apis.get(name)?.managedBy)
    await changeConfiguration(call, async (trx) => {
      await trx.lockApis()
      const { canary, release } = found(await trx.apis.get(name), 'API', name)
      const { release: tried, ...terms } = found(canary, 'canary of an API', name)
      await trx.putApiCanary(name, undefined)
      const before = { release: tried, ...presentTerms(terms) }
      return { event: { action: 'api.canary-stop', subject: name, organization: null, before, after: { release } }, answer: undefined }
    })
    return undefined
  },
}

/** The release that is meant, and what is in force. */
async function both(
  { deps, params: { name } }: Pick<Call<'promoteApiCanary'>, 'deps' | 'params'>,
  number: number,
): Promise<{ row: ApiReleaseRow; inForce: ApiRow }> {
  refuseManaged('API', name, deps.snapshot().apis.get(name)?.managedBy)
  const { read } = deps.store
  const inForce = found(await read.apis.get(name), 'API', name)
  return { row: found(await read.apiReleases.get(name, number), 'release of an API', `${name} ${number}`), inForce }
}

function inForceRelease({ deps }: Context, { name, release }: ApiRow): Promise<ApiReleaseRow | undefined> {
  return deps.store.read.apiReleases.get(name, release)
}

function refuseOther(name: string, asked: number, { canary, release }: ApiRow): never {
  const now = canary === undefined ? 'no release is being tried' : `release ${canary.release} is being tried`
  return refuse({
    code: 'release_conflict',
    detail: `Release ${asked} of "${name}" is not being tried: ${now}, and release ${release} is in force. Look at it again.`,
    release,
    changes: [],
  })
}
