import { freshId, ownOrganization, visible, visibleOrganization, type Context, type Handlers } from '../call.ts'
import { change, changeConfiguration } from '../change.ts'
import { pageOf, pagingOf } from '../paging.ts'
import type { AdminQueries } from '../ports.ts'
import { presentApplication } from '../present/tenants.ts'
import { found, invalid } from '../refusal.ts'

type Names = 'listApplications' | 'listApplicationsOfOrganization' | 'createApplication' | 'getApplication' | 'updateApplication'

export const applications: Handlers<Names> = {
  async listApplications(call) {
    return pageOfApplications(call, call.query, ownOrganization(call, call.query.organization))
  },

  async listApplicationsOfOrganization(call) {
    const { id } = await visibleOrganization(call, call.params.id)
    return pageOfApplications(call, call.query, id)
  },

  async createApplication(call) {
    const { id: organization } = await visibleOrganization(call, call.params.id)
    const { name, team = null, limits = [] } = call.body
    const row = { id: freshId(call, 'app'), organization, team, name, limits, createdAt: call.deps.clock.now() }
    return change(call, async (trx) => {
      await checkTeam(trx, organization, team)
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
      const { name = before.name, team = before.team, limits = before.limits } = body
      await checkTeam(trx, before.organization, team)
      await trx.updateApplication(id, { name, team, limits })
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

async function checkTeam(trx: AdminQueries, organization: string, id: string | null): Promise<void> {
  if (id === null) return
  const team = await trx.teams.get(id)
  if (team?.organization !== organization) invalid('/team', `the organization has no team "${id}"`)
}

async function pageOfApplications(
  { deps }: Context,
  query: { limit: number; cursor?: string | undefined },
  organization: string | undefined,
) {
  const rows = await deps.store.read.applications.list(pagingOf(query), { organization })
  return pageOf(rows, query.limit, ({ id }) => id, presentApplication)
}
