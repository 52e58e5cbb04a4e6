import { capOfMember } from '@faregate/core'
import { freshId, ownOrganization, visible, visibleOrganization, type Handlers } from '../call.ts'
import { adjustCap, capOf } from '../caps.ts'
import { change, changeConfiguration } from '../change.ts'
import { permissionsOfRole, requireAll } from '../handing-out.ts'
import { pageOf, pagingOf } from '../paging.ts'
import { presentMember } from '../present/people.ts'
import { refuse } from '../refusal.ts'
import type { MemberRow } from '../people-rows.ts'

export const members: Handlers<'listMembers' | 'createMember' | 'getMember' | 'updateMember' | 'removeMember'> = {
  async listMembers(call) {
    const { query, deps } = call
    const rows = await deps.store.read.members.list(pagingOf(query), { organization: ownOrganization(call, query.organization) })
    return pageOf(rows, query.limit, ({ id }) => id, presentMember)
  },

  async createMember(call) {
    const { deps, body } = call
    const { id: organization } = await visibleOrganization(call, call.params.id)
    requireAll(call, await permissionsOfRole(deps.store.read, organization, body.role))
    const row: MemberRow = {
      id: freshId(call, 'mem'),
      organization,
      name: body.name,
      email: body.email,
      role: body.role,
      cap: capOf(body.cap ?? null),
      createdAt: deps.clock.now(),
    }
    return change(call, async (trx) => {
      const [same] = await trx.members.list({ limit: 1 }, { organization, email: row.email })
      if (same !== undefined) return refuse({ code: 'conflict', detail: `The member "${same.id}" has this e-mail address already.` })
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
    if (body.role !== undefined) requireAll(call, await permissionsOfRole(deps.store.read, known.organization, body.role))
    const row = await changeConfiguration(call, async (trx) => {
      const before = visible(call, await trx.members.get(id), 'member', id)
      const { name = before.name, role = before.role } = body
      const after = { ...before, name, role, cap: body.cap === undefined ? before.cap : capOf(body.cap) }
      await trx.updateMember(id, { name, role, cap: after.cap })
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
      await trx.removeMember(id, call.deps.clock.now())
      const event = { action: 'member.remove', subject: id, organization: before.organization, before: presentMember(before) }
      return { event, answer: undefined }
    })
    return undefined
  },
}
