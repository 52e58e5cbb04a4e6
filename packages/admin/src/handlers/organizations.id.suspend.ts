import { visibleOrganization, type Call, type Handlers } from '../call.ts'
import { changeConfiguration } from '../change.ts'
import { presentOrganization } from '../present/tenants.ts'
import { found, refuse } from '../refusal.ts'
import type { OrganizationRow } from '../rows.ts'

export const organizationsIdSuspend: Handlers<'suspendOrganization' | 'resumeOrganization'> = {
  async suspendOrganization(call) {
    const { reason } = call.body
    return setStanding(call, 'organization.suspend', { since: call.deps.clock.now(), reason })
  },

  async resumeOrganization(call) {
    return setStanding(call, 'organization.resume', null)
  },
}

/** Keys are read anew with the configuration's version, so the change is in force with it. */
async function setStanding(
  call: Call<'suspendOrganization' | 'resumeOrganization'>,
  action: string,
  suspended: OrganizationRow['suspended'],
): Promise<ReturnType<typeof presentOrganization>> {
  const { id } = await visibleOrganization(call, call.params.id)
  return changeConfiguration(call, async (trx) => {
    const before = found(await trx.organizations.get(id), 'organization', id)
    if ((before.suspended === null) === (suspended === null)) return refuseSame(before)
    await trx.updateOrganization(id, { suspended })
    const answer = presentOrganization({ ...before, suspended })
    return { event: { action, subject: id, organization: id, before: presentOrganization(before), after: answer }, answer }
  })
}

function refuseSame({ id, suspended }: OrganizationRow): never {
  const state = suspended === null ? 'not suspended' : `suspended already: ${suspended.reason}`
  return refuse({ code: 'conflict', detail: `The organization "${id}" is ${state}` })
}
