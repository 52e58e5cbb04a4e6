import { freshId, ownRows, visible, visibleOrganization, type Context, type Handlers } from '../call.ts'
import { change, changeConfiguration } from '../change.ts'
import { checkMember, checkTeam, ownTeam } from '../of-team.ts'
import { pageOf, pagingOf } from '../paging.ts'
import type { OwnerFilter } from '../ports.ts'
import { presentApplication } from '../present/tenants.ts'
import { found } from '../refusal.ts'

type Names = 'listApplications' | 'listApplicationsOfOrganization' | 'createApplication' | 'getApplication' | 'updateApplication'

export const applications: Handlers<Names> = {
  async listApplications(call) {
    const { organization, owner, ...paging } = call.query
    return pageOfApplications(call, paging, { ...ownRows(call, organization), owner })
  },

  async listApplicationsOfOrganization(call) {
    const { id } = await visibleOrganization(call, call.params.id)
    return pageOfApplications(call, call.query, ownRows(call, id))
  },

  async createApplication(call) {
    const { id: organization } = await visibleOrganization(call, call.params.id)
    const { name, limits = [], owner = call.credential.member } = call.body
    const team = ownTeam(call, call.body.team)
    const row = { id: freshId(call, 'app'), organization, team, owner, name, limits, createdAt: call.deps.clock.now() }
    return change(call, async (trx) => {
      await checkTeam(trx, organization, team)
      await checkMember(call, trx, organization, owner, '/owner')
      await trx.insertApplication(row)
      const answer = presentApplication(row)
      return { event: { action: 'application.create', subject: row.id, organization, after: answer }, answer }
    })
  },

  async getApplication(call) {
    const {
      deps,
      params: { id },
    } = call
    return presentApplication(visible(call, await deps.store.read.applications.get(id), 'application', id))
  },

  async updateApplication(call) {
    const {
      params: { id },
      body,
    } = call
    return changeConfiguration(call, async (trx) => {
      const before = visible(call, await trx.applications.get(id), 'application', id)
      const { name = before.name, owner = before.owner, limits = before.limits } = body
      const team = body.team === undefined ? before.team : ownTeam(call, body.team)
      await checkTeam(trx, before.organization, team)
      if (body.owner !== undefined) await checkMember(call, trx, before.organization, owner, '/owner')
      await trx.updateApplication(id, { name, team, owner, limits })
      const answer = presentApplication(found(await trx.applications.get(id), 'application', id))
      const event = {
        action: 'application.update',
        subject: id,
        organization: before.organization,
        before: presentApplication(before),
        after: answer,
      }
      return { event, answer }
    })
  },
}

async function pageOfApplications(
  { deps }: Context,
  query: { limit: number; cursor?: string | undefined },
  filter: OwnerFilter & { owner?: string | undefined },
) {
  const rows = await deps.store.read.applications.list(pagingOf(query), filter)
  return pageOf(rows, query.limit, ({ id }) => id, presentApplication)
}
