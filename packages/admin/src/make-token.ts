import { freshId, type Call } from './call.ts'
import { change } from './change.ts'
import { presentToken } from './present/tenants.ts'
import { timeOf } from './present/time.ts'
import type { TokenRow } from './rows.ts'

type Making = Call<'createToken'> | Call<'createMemberToken'>

/** Makes a management token, whose secret is shown this once, for whoever may hold what it allows. */
export function makeToken(call: Making, holder: Pick<TokenRow, 'permissions' | 'organization' | 'member'>) {
  const { deps, body } = call
  const secret = deps.mint('management')
  const row: TokenRow = {
    id: freshId(call, 'mt'),
    name: body.name,
    hash: deps.hashSecret(secret),
    lastFour: secret.slice(-4),
    ...holder,
    expiresAt: timeOf(body.expiresAt ?? null),
    createdAt: deps.clock.now(),
  }
  return change(call, async (trx) => {
    await trx.insertToken(row)
    const shown = presentToken(row)
    return {
      event: { action: 'token.create', subject: row.id, organization: row.organization, after: shown },
      answer: { ...shown, token: secret },
      repeated: shown,
    }
  })
}
