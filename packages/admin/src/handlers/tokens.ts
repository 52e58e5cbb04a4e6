import { ownOrganization, visible, type Call, type Handlers } from '../call.ts'
import { change } from '../change.ts'
import { checkBound, requireAll } from '../handing-out.ts'
import { makeToken } from '../make-token.ts'
import { pageOf, pagingOf } from '../paging.ts'
import { presentToken } from '../present/tenants.ts'
import { invalid } from '../refusal.ts'

export const tokens: Handlers<'listTokens' | 'createToken' | 'revokeToken'> = {
  async listTokens(call) {
    const { deps, query } = call
    const rows = await deps.store.read.tokens.list(pagingOf(query), { organization: ownOrganization(call, undefined) })
    return pageOf(rows, query.limit, ({ id }) => id, presentToken)
  },

  async createToken(call) {
    const { body } = call
    const organization = ownOrganization(call, body.organization ?? undefined) ?? null
    await checkGrant(call, organization)
    return makeToken(call, { permissions: [...new Set(body.permissions)], organization, member: null })
  },

  async revokeToken(call) {
    const {
      deps,
      params: { id },
    } = call
    await change(call, async (trx) => {
      const before = visible(call, await trx.tokens.get(id), 'token', id)
      await trx.revokeToken(id, deps.clock.now())
      return {
        event: { action: 'token.revoke', subject: id, organization: before.organization, before: presentToken(before) },
        answer: undefined,
      }
    })
    return undefined
  },
}

/** Nobody gives what they do not hold, and a token of one organization holds nothing that concerns all. */
async function checkGrant(call: Call<'createToken'>, organization: string | null): Promise<void> {
  const { deps, body } = call
  if (organization === null) return requireAll(call, body.permissions)
  checkBound(call, body.permissions)
  if ((await deps.store.read.organizations.get(organization)) === undefined) {
    invalid('/organization', `there is no organization "${organization}"`)
  }
}
