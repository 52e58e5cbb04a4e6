import { capOfMember } from '@faregate/core'
import { freshId, ownRows, visible, visibleOrganization, type Handlers } from '../call.ts'
import { adjustCap, capOf } from '../caps.ts'
import { change, changeConfiguration } from '../change.ts'
import { permissionsOfRole, requireAll } from '../handing-out.ts'
import { checkMember, checkTeam, leaveOthers, ownTeam } from '../of-team.ts'
import { pageOf, pagingOf } from '../paging.ts'
import { presentMember } from '../present/people.ts'
import { invalid, refuse } from '../refusal.ts'
import type { MemberRow } from '../people-rows.ts'

export const members: Handlers<'listMembers' | 'createMember' | 'getMember' | 'updateMember' | 'removeMember'> = {
  async listMembers(call) {
    const { query, deps } = call
    const rows = await deps.store.read.members.list(pagingOf(query), ownRows(call, query.organization))
    return pageOf(rows, query.limit, ({ id }) => id, presentMember)
  },

  async createMember(call) {
    const { deps, body } = call
    const { id: organization } = await visibleOrganization(call, call.params.id)
    requireAll(call, await permissionsOfRole(deps.store.read, organization, body.role))
    const team = ownTeam(call, body.team)
    const row: MemberRow = {
      id: freshId(call, 'mem'),
      organization,
      name: body.name,
      email: body.email,
      role: body.role,
      team,
      cap: capOf(body.cap ?? null),
      createdAt: deps.clock.now(),
    }
    return change(call, async (trx) => {
      const [same] = await trx.members.list({ limit: 1 }, { organization, email: row.email })
      if (same !== undefined) return refuse({ code: 'conflict', detail: `The member "${same.id}" has this e-mail address already.` })
      await checkTeam(trx, organization, team)
      await trx.insertMember(row)
      const answer = presentMember(row)
      return { event: { action: 'member.create', subject: row.id, organization, after: answer }, answer }
    })
  },

  async getMember(call) {
    const { id } = call.params
    return presentMember(visible(call, await call.deps.store.read.members.get(id), 'member', id))
  },

  async updateMember(call) {
    const { deps, body } = call
    const { id } = call.params
    const known = visible(call, await deps.store.read.members.get(id), 'member', id)
    // Another team, or none, hands out the same permissions over something else.
    if (body.role !== undefined || body.team !== undefined)
      requireAll(call, await permissionsOfRole(deps.store.read, known.organization, body.role ?? known.role))
    const row = await changeConfiguration(call, async (trx) => {
      const before = visible(call, await trx.members.get(id), 'member', id)
      const { name = before.name, role = before.role } = body
      const team = body.team === undefined ? before.team : ownTeam(call, body.team)
      await checkTeam(trx, before.organization, team)
      const after = { ...before, name, role, team, cap: body.cap === undefined ? before.cap : capOf(body.cap) }
      await trx.updateMember(id, { name, role, team, cap: after.cap })
      const { organization } = before
      const event = { action: 'member.update', subject: id, organization, before: presentMember(before), after: presentMember(after) }
      return { event, answer: after }
    })
    if (body.cap !== undefined && row.cap !== null) await adjustCap(call, row.organization, capOfMember(id), row.cap)
    return presentMember(row)
  },

  async removeMember(call) {
    const { id } = call.params
    await changeConfiguration(call, async (trx) => {
      const before = visible(call, await trx.members.get(id), 'member', id)
      const { organization } = before
      const remover = call.credential.member
      const successor = call.query.successor ?? (remover === id ? null : remover)
      if (successor === id) return invalid('/successor', 'is the member who leaves')
      await checkMember(call, trx, organization, successor, '/successor')
      await leaveOthers(call, trx, id)
      await trx.removeMember(id, successor, call.deps.clock.now())
      const event = { action: 'member.remove', subject: id, organization, before: presentMember(before), after: { successor } }
      return { event, answer: undefined }
    })
    return undefined
  },
}
