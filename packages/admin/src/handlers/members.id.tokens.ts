import { visible, type Handlers } from '../call.ts'
import { permissionsOfRole, requireAll } from '../handing-out.ts'
import { makeToken } from '../make-token.ts'

export const membersIdTokens: Handlers<'createMemberToken'> = {
  async createMemberToken(call) {
    const { read } = call.deps.store
    const { id: member, organization, role } = visible(call, await read.members.get(call.params.id), 'member', call.params.id)
    requireAll(call, await permissionsOfRole(read, organization, role))
    return makeToken(call, { permissions: [], organization, member })
  },
}
