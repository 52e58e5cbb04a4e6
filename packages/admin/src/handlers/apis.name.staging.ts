import { fieldChanges } from '@faregate/lifecycle'
import { agreed } from '../api-approval.ts'
import { refuseSharedPrefix } from '../api-definition.ts'
import { refuseWhileTried } from '../api-canary.ts'
import { examine, presentRelease, servingOf, tellChangedRoutes } from '../api-release.ts'
import { putInStaging } from '../api-staging.ts'
import type { Call, Handlers } from '../call.ts'
import { changeConfiguration } from '../change.ts'
import type { ApiReleaseRow, ApiRow } from '../configuration-rows.ts'
import { refuseManaged } from '../managed.ts'
import type { AdminQueries } from '../ports.ts'
import { presentDefinition } from '../present/apis.ts'
import { found, invalid, refuse } from '../refusal.ts'

export const apisNameStaging: Handlers<'stageApi' | 'promoteStagedApi' | 'unstageApi'> = {
  async stageApi(call) {
    const { deps, body } = call
    const { name } = call.params
    refuseManaged('API', name, deps.snapshot().apis.get(name)?.managedBy)
    const { read } = deps.store
    const row = found(await read.apiReleases.get(name, body.release), 'release of an API', `${name} ${body.release}`)
    const flaws = await examine(call, name, row.definition, body.override, 'staging')
    const serving = await servingOf(read, name)
    const before = serving?.staged === undefined ? undefined : await read.apiReleases.get(name, serving.staged)
    const answer = await presentRelease(deps, row, { ...serving, staged: row.number }, before)
    return changeConfiguration(call, async (trx) => {
      await trx.lockApis()
      await putInStaging(call, trx, row)
      const after = { release: row.number, overridden: flaws.map(({ code }) => code) }
      const event = { action: 'api.stage', subject: name, organization: null, before: { release: before?.number ?? null }, after }
      return { event, answer }
    })
  },

  async promoteStagedApi(call) {
    const { deps, body } = call
    const { name } = call.params
    refuseManaged('API', name, deps.snapshot().apis.get(name)?.managedBy)
    const { read } = deps.store
    const row = await promotable(call, read)
    const flaws = await examine(call, name, row.definition, body.override)
    const inForce = await read.apis.get(name)
    const against = inForce && (await read.apiReleases.get(name, inForce.release))
    const shown = await presentRelease(deps, row, { release: row.number, staged: row.number }, against)
    return changeConfiguration(call, async (trx) => {
      await trx.lockApis()
      await promotable(call, trx)
      const before = await trx.apis.get(name)
      await refuseWhileTried(deps, trx, before)
      await refuseSharedPrefix(call, trx, { name, prefix: row.definition.prefix })
      const asked = await agreed(call, trx, name)
      await tellChangedRoutes(deps, trx, before, { ...row.definition, name })
      await trx.putApi({ ...row.definition, name, release: row.number, createdAt: before?.createdAt ?? deps.clock.now() })
      const event = {
        action: 'api.promote',
        subject: name,
        organization: null,
        before: { release: before?.release ?? null, stage: 'staging' },
        after: { release: row.number, overridden: flaws.map(({ code }) => code), changes: shown.changes, ...asked },
      }
      return { event, answer: { ...shown, inForceAt: shown.inForceAt ?? new Date(deps.clock.now()).toISOString() } }
    })
  },

  async unstageApi(call) {
    const { deps } = call
    const { name } = call.params
    refuseManaged('API', name, deps.snapshot().apis.get(name)?.managedBy)
    await changeConfiguration(call, async (trx) => {
      const release = found(await trx.apiStaging.get(name), 'API in staging', name)
      await trx.putApiStaging(name, undefined)
      return { event: { action: 'api.unstage', subject: name, organization: null, before: { release } }, answer: undefined }
    })
    return undefined
  },
}

/** The release that is in staging, if it is the one that was looked at, and nothing that it would undo unseen is in force. */
async function promotable(
  { deps, body, params: { name } }: Pick<Call<'promoteStagedApi'>, 'deps' | 'body' | 'params'>,
  read: Pick<AdminQueries, 'apis' | 'apiReleases' | 'apiStaging'>,
): Promise<ApiReleaseRow> {
  const row = found(await read.apiReleases.get(name, body.release), 'release of an API', `${name} ${body.release}`)
  const [staged, inForce] = await Promise.all([read.apiStaging.get(name), read.apis.get(name)])
  if (staged !== row.number) {
    const now = staged === undefined ? 'nothing is' : `release ${staged} is`
    return overtaken(deps, `Release ${row.number} of "${name}" is not in staging: ${now}. Look at it again.`, inForce, undefined)
  }
  const current = inForce?.release ?? 0
  if (current === row.number) return invalid('/release', `release ${row.number} is in force in production already`)
  const base = body.base ?? row.base
  if (base === current) return row
  const by = current === 0 ? undefined : (await read.apiReleases.get(name, current))?.publishedBy
  const what =
    current === 0 ? `"${name}" was taken off` : `Release ${current} of "${name}"${by === undefined ? '' : ` by ${by}`} is in force`
  const made = base === 0 ? 'when nothing was in force' : `on release ${base}`
  const detail = `${what}, and release ${row.number} was made ${made}. Look at what would be undone; to put it over that all the same: \`faregate api promote ${name} --staging --over ${current}\`.`
  return overtaken(deps, detail, inForce, base === 0 ? undefined : await read.apiReleases.get(name, base))
}

function overtaken(
  deps: Call<'promoteStagedApi'>['deps'],
  detail: string,
  inForce: ApiRow | undefined,
  base: ApiReleaseRow | undefined,
): never {
  const changes = fieldChanges(base && presentDefinition(deps, base.definition), inForce && presentDefinition(deps, inForce))
  return refuse({ code: 'release_conflict', detail, release: inForce?.release ?? null, changes: base === undefined ? [] : changes })
}
