import { walletOf, type Clock } from '@faregate/core'
import type { AdminQueries } from '@faregate/admin'
import type { BalanceReader, BalanceView } from '@faregate/gateway'
import { capAccount } from '@faregate/ledger/reads'
import type { AccountRef } from '@faregate/ledger/types'
import type { Store } from '@faregate/store'

type Wallet = Extract<AccountRef, { kind: 'wallet' }>
type Cap = Extract<AccountRef, { kind: 'cap' }>

const EMPTY = { granted: 0n, expired: 0n, posted: 0n, held: 0n, lapsed: 0n, creditLimit: 0n }

/** Reads balances for explanations: without lock or effect, never for a decision. */
export function createBalanceReader(store: Pick<Store, 'read'>, money: AdminQueries['money'], clock: Clock): BalanceReader {
  const wallet = async ({ id, unit }: Wallet): Promise<BalanceView> => {
    const row = await money.balance(id.slice(walletOf('').length), clock.now())
    const { granted, expired, posted, held, lapsed, creditLimit } = row ?? EMPTY
    const available = granted - expired - posted - held + creditLimit
    return { account: id, unit, granted, posted, held, lapsed, available, ...(creditLimit > 0n ? { creditLimit } : {}), resetsAt: null }
  }
  const cap = async (ref: Cap): Promise<BalanceView> => {
    const running = capAccount(ref, clock.now())
    const account = running?.id ?? ref.base
    const row = await store.read.selectFrom('accounts').select(['granted', 'posted', 'held']).where('id', '=', account).executeTakeFirst()
    // The account of a period is made by its first hold; until then all of the limit is left.
    const { granted, posted, held } = row ?? { granted: ref.limit, posted: 0n, held: 0n }
    return { account, unit: ref.unit, granted, posted, held, available: granted - posted - held, resetsAt: running?.resetsAt ?? null }
  }
  return { read: (accounts) => Promise.all(accounts.map((account) => (account.kind === 'wallet' ? wallet(account) : cap(account)))) }
}
