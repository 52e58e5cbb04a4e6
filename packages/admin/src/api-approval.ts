import { fieldChanges } from '@faregate/lifecycle'
import type { Context } from './call.ts'
import type { ApiRequestRow } from './configuration-rows.ts'
import type { Credential } from './credential.ts'
import type { AdminTransaction } from './ports.ts'
import { presentDefinition } from './present/apis.ts'
import { refuse } from './refusal.ts'

/** Who somebody is, whichever of their tokens they use. A token that belongs to nobody is somebody of its own. */
export function personOf({ member, id }: Pick<Credential, 'member' | 'id'>): string {
  return member ?? id
}

/**
 * Refuses what changes what callers have, where a second person has to agree to it and nobody did; where somebody does just now, the
 * request is approved with it. The transaction holds the lock of the configuration.
 * @returns what the audit says of it
 */
export async function agreed(context: Context, trx: AdminTransaction, name: string): Promise<{ asked?: { request: string; by: string } }> {
  const { approved } = context
  if (approved === undefined) {
    if (await trx.apiRequests.required(name)) refuseAlone(name)
    return {}
  }
  await refuseVoid(context, trx, approved)
  const { id, askedBy, state, decidedBy, decidedAt, reason } = approved
  if (!(await trx.decideApiRequest(id, { state, decidedBy, decidedAt, reason })))
    refuse({ code: 'conflict', detail: `The request "${id}" was decided meanwhile.` })
  return { asked: { request: id, by: askedBy } }
}

function refuseAlone(name: string): never {
  return refuse({
    code: 'second_person_required',
    detail: `What callers of "${name}" have is changed by two people: ask for it, and somebody else approves it (\`POST /api/apis/${name}/requests\`). A rollback needs nobody else.`,
  })
}

/** What was looked at is not what would be changed any more. */
async function refuseVoid({ deps }: Context, trx: AdminTransaction, { id, api, base }: ApiRequestRow): Promise<void> {
  const inForce = await trx.apis.get(api)
  const current = inForce?.release ?? 0
  if (current === base) return
  const [now, before] = await Promise.all([trx.apiReleases.get(api, current), trx.apiReleases.get(api, base)])
  const what = now === undefined ? `"${api}" was taken off` : `release ${now.number} of "${api}" by ${now.publishedBy} is in force`
  refuse({
    code: 'release_conflict',
    detail: `The request "${id}" is void: it was made ${base === 0 ? 'when nothing was in force' : `on release ${base}`}, and ${what}. It has to be asked for again.`,
    release: now?.number ?? null,
    changes: fieldChanges(before && presentDefinition(deps, before.definition), now && presentDefinition(deps, now.definition)),
  })
}
