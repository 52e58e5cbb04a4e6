import { capOfTeam } from '@faregate/core'
import { freshId, ownRows, visible, visibleOrganization, type Context, type Handlers } from '../call.ts'
import { adjustCap, capOf } from '../caps.ts'
import { change, changeConfiguration } from '../change.ts'
import { pageOf, pagingOf } from '../paging.ts'
import { presentTeam } from '../present/tenants.ts'
import { refuse } from '../refusal.ts'
import type { TeamRow } from '../people-rows.ts'

export const teams: Handlers<'listTeams' | 'createTeam' | 'getTeam' | 'updateTeam' | 'deleteTeam'> = {
  async listTeams(call) {
    const { query, deps } = call
    const rows = await deps.store.read.teams.list(pagingOf(query), ownRows(call, query.organization))
    return pageOf(rows, query.limit, ({ id }) => id, presentTeam)
  },

  async createTeam(call) {
    const { deps, body } = call
    const { id: organization } = await visibleOrganization(call, call.params.id)
    const row: TeamRow = {
      id: freshId(call, 'team'),
      organization,
      name: body.name,
      cap: capOf(body.cap ?? null),
      createdAt: deps.clock.now(),
    }
    return change(call, async (trx) => {
      await trx.insertTeam(row)
      const answer = presentTeam(row)
      return { event: { action: 'team.create', subject: row.id, organization, after: answer }, answer }
    })
  },

  async getTeam(call) {
    const { id } = call.params
    return presentTeam(visibleTeam(call, await call.deps.store.read.teams.get(id), id))
  },

  async updateTeam(call) {
    const {
      params: { id },
      body,
    } = call
    const row = await changeConfiguration(call, async (trx) => {
      const before = visibleTeam(call, await trx.teams.get(id), id)
      const after = { ...before, name: body.name ?? before.name, cap: body.cap === undefined ? before.cap : capOf(body.cap) }
      await trx.updateTeam(id, { name: after.name, cap: after.cap })
      const { organization } = after
      const event = { action: 'team.update', subject: id, organization, before: presentTeam(before), after: presentTeam(after) }
      return { event, answer: after }
    })
    if (body.cap !== undefined && row.cap !== null) await adjustCap(call, row.organization, capOfTeam(id), row.cap)
    return presentTeam(row)
  },

  async deleteTeam(call) {
    const { id } = call.params
    await change(call, async (trx) => {
      const before = visibleTeam(call, await trx.teams.get(id), id)
      const filter = { organization: before.organization, team: id }
      const [application] = await trx.applications.list({ limit: 1 }, filter)
      if (application !== undefined)
        return refuse({
          code: 'conflict',
          detail: `The application "${application.id}" belongs to the team; move it to another one first.`,
        })
      const [member] = await trx.members.list({ limit: 1 }, filter)
      if (member !== undefined)
        return refuse({ code: 'conflict', detail: `The role of the member "${member.id}" holds for the team alone; change that first.` })
      await trx.deleteTeam(id)
      return {
        event: { action: 'team.delete', subject: id, organization: before.organization, before: presentTeam(before) },
        answer: undefined,
      }
    })
    return undefined
  },
}

function visibleTeam(context: Context, row: TeamRow | undefined, id: string): TeamRow {
  return visible(context, row && { ...row, team: row.id }, 'team', id)
}
