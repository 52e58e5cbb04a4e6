import { BUILT_IN_ROLES } from '@faregate/identity'
import { freshId, visible, visibleOrganization, type Handlers } from '../call.ts'
import { change, changeConfiguration } from '../change.ts'
import { checkBound } from '../handing-out.ts'
import { wholeList } from '../paging.ts'
import { presentRole } from '../present/people.ts'
import { refuse } from '../refusal.ts'
import type { RoleRow } from '../people-rows.ts'

export const roles: Handlers<'listRoles' | 'createRole' | 'updateRole' | 'deleteRole'> = {
  async listRoles(call) {
    const { id } = await visibleOrganization(call, call.params.id)
    const builtIn = Object.entries(BUILT_IN_ROLES).map(([name, permissions]) => ({
      id: name,
      name,
      organization: null,
      permissions: [...permissions],
      createdAt: null,
    }))
    return wholeList([...builtIn, ...(await call.deps.store.read.roles.list(id)).map(presentRole)])
  },

  async createRole(call) {
    const { deps, body } = call
    const { id: organization } = await visibleOrganization(call, call.params.id)
    checkBound(call, body.permissions)
    const row: RoleRow = {
      id: freshId(call, 'role'),
      organization,
      name: body.name,
      permissions: [...new Set(body.permissions)],
      createdAt: deps.clock.now(),
    }
    return change(call, async (trx) => {
      await trx.insertRole(row)
      const answer = presentRole(row)
      return { event: { action: 'role.create', subject: row.id, organization, after: answer }, answer }
    })
  },

  async updateRole(call) {
    const { id } = call.params
    const { name, permissions } = call.body
    visible(call, await call.deps.store.read.roles.get(id), 'role', id)
    if (permissions !== undefined) checkBound(call, permissions)
    // What members may do decides who is named in refusals of their keys, so keys have to be read anew.
    return changeConfiguration(call, async (trx) => {
      const before = visible(call, await trx.roles.get(id), 'role', id)
      const after = { ...before, name: name ?? before.name, permissions: permissions ?? before.permissions }
      await trx.updateRole(id, { name: after.name, permissions: after.permissions })
      const [from, answer] = [presentRole(before), presentRole(after)]
      return { event: { action: 'role.update', subject: id, organization: before.organization, before: from, after: answer }, answer }
    })
  },

  async deleteRole(call) {
    const { id } = call.params
    await change(call, async (trx) => {
      const before = visible(call, await trx.roles.get(id), 'role', id)
      const [member] = await trx.members.list({ limit: 1 }, { organization: before.organization, role: id })
      if (member !== undefined)
        return refuse({ code: 'conflict', detail: `The member "${member.id}" has the role; give them another one first.` })
      await trx.deleteRole(id)
      const event = { action: 'role.delete', subject: id, organization: before.organization, before: presentRole(before) }
      return { event, answer: undefined }
    })
    return undefined
  },
}
