import { freshId, visible, type Handlers } from '../call.ts'
import { change } from '../change.ts'
import { permissionsOfRole, requireAll } from '../handing-out.ts'
import { presentToken } from '../present/tenants.ts'
import { timeOf } from '../present/time.ts'
import type { TokenRow } from '../rows.ts'

export const membersIdTokens: Handlers<'createMemberToken'> = {
  async createMemberToken(call) {
    const { deps, body } = call
    const member = visible(call, await deps.store.read.members.get(call.params.id), 'member', call.params.id)
    const { organization } = member
    requireAll(call, await permissionsOfRole(deps.store.read, organization, member.role))
    const secret = deps.mint('management')
    const row: TokenRow = {
      id: freshId(call, 'mt'),
      name: body.name,
      hash: deps.hashSecret(secret),
      lastFour: secret.slice(-4),
      permissions: [],
      organization,
      member: member.id,
      expiresAt: timeOf(body.expiresAt ?? null),
      createdAt: deps.clock.now(),
    }
    return change(call, async (trx) => {
      await trx.insertToken(row)
      const shown = presentToken(row)
      return {
        event: { action: 'token.create', subject: row.id, organization, after: shown },
        answer: { ...shown, token: secret },
        repeated: shown,
      }
    })
  },
}
