import { object } from './finding.ts'
import type { AccountRow, LotRow } from './shapes.ts'
import { balanceOfCap, balanceOfWallet, type Balance, type Lot, type World } from './world.ts'

const NOTHING: Balance = { granted: 0n, expired: 0n, posted: 0n, held: 0n }

/** Every balance and lot is what the auditor's own world adds up to. */
export function compareBooks(world: World, accounts: Iterable<AccountRow>, lots: Iterable<LotRow>): void {
  const expected = balancesOf(world)
  for (const row of accounts) {
    compareAccount(row, expected.get(row.id) ?? NOTHING, expected.has(row.id))
    expected.delete(row.id)
  }
  for (const [id, balance] of expected) compareAccount({ id, unit: '', kind: '', ...NOTHING }, balance, true)
  const known = new Map([...world.wallets.values()].flatMap((wallet) => wallet.lots.map((lot) => [lot.id, lot])))
  for (const row of lots) {
    compareLot(row, known.get(row.id))
    known.delete(row.id)
  }
  for (const id of known.keys()) object('lot_differs', id, 'it is gone')
}

function balancesOf(world: World): Map<string, Balance> {
  const found = new Map<string, Balance>()
  for (const wallet of world.wallets.values()) found.set(wallet.id, balanceOfWallet(wallet))
  for (const cap of world.caps.values()) found.set(cap.id, balanceOfCap(cap))
  return found
}

function compareAccount(row: AccountRow, is: Balance, known: boolean): void {
  const { id, granted, expired, posted, held } = row
  if (granted === is.granted && expired === is.expired && posted === is.posted && held === is.held) return
  if (!known) object('account_unexpected', id, `it has ${granted} − ${expired} − ${posted} − ${held}`)
  if (posted > is.posted) object('charged_too_much', id, `${posted} is posted, not ${is.posted}`)
  if (posted < is.posted) object('charged_too_little', id, `${posted} is posted, not ${is.posted}`)
  if (held > is.held) object('hold_not_released', id, `${held} is held, not ${is.held}`)
  if (held < is.held) object('hold_lost', id, `${held} is held, not ${is.held}`)
  object('credit_differs', id, `${granted} is granted and ${expired} expired, not ${is.granted} and ${is.expired}`)
}

function compareLot(row: LotRow, lot: Lot | undefined): void {
  if (lot === undefined) object('lot_differs', row.id, 'nothing made it')
  if (row.held > lot.held) object('lot_not_released', row.id, `${row.held} of it is held, not ${lot.held}`)
  for (const member of ['granted', 'posted', 'held', 'expired', 'reversed'] as const) {
    if (row[member] !== lot[member]) object('lot_differs', row.id, `${member} is ${row[member]}, not ${lot[member]}`)
  }
}
