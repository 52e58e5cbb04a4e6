import { walletOf, type Nano } from '@faregate/core'
import type { AttachedRow, Ledger } from '@faregate/ledger/port'
import { USUAL_PRIORITY } from './operation.ts'

export interface Credit {
  /** Named after what it is for, so that the ledger gives it once, however often and from how many sides it is told. */
  id: string
  organization: string
  amount: Nano
  reason: string
}

/** Puts credit that does not expire on a wallet; whether it was now. Rejects where the ledger does not take it. */
export async function grantOnce(
  { ledger }: { ledger: Ledger },
  { id, organization, amount, reason }: Credit,
  attach: AttachedRow[],
): Promise<boolean> {
  const account = walletOf(organization)
  const grant = { type: 'grant' as const, id, account, amount, priority: USUAL_PRIORITY, expiresAt: null, reason }
  const { status } = await ledger.submit(grant, { attach })
  if (status !== 'ok' && status !== 'exists') throw new Error(`the ledger answered ${status} to the credit ${id}`)
  return status === 'ok'
}
