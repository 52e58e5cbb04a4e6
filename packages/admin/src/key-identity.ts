import type { Context } from './call.ts'
import type { AdminTransaction } from './ports.ts'
import { refuse } from './refusal.ts'
import type { KeyIdentity, KeyRow } from './rows.ts'

/**
 * Refuses an identity that is not the caller's to give, or that another key has: whoever could take that of somebody else
 * would pay for their calls, and see them.
 */
export async function checkIdentity(
  call: Context,
  trx: AdminTransaction,
  key: string,
  identity: KeyIdentity | null | undefined,
): Promise<void> {
  if (identity === undefined) return
  if (call.credential.organization !== null)
    refuse({
      code: 'permission_denied',
      detail: 'Whose tokens and certificates are served as a key is for the operator to say.',
      required: ['operator'],
      granted: [],
      fixes: [{ kind: 'change_policy', action: 'set_identity', by: 'operator', canYou: false }],
    })
  if (identity === null) return
  const other = await trx.keys.ofIdentity(identity)
  if (other !== undefined && other.id !== key)
    refuse({ code: 'conflict', detail: `The key "${other.id}" stands for "${identity.subject}" already.` })
}

/** As it is to be: absent stays. */
export function changedIdentity(before: KeyRow, sent: KeyIdentity | null | undefined): KeyIdentity | null {
  return sent === undefined ? before.identity : sent
}
