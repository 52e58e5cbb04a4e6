import type { Nano } from '@faregate/core'
import { loadedLot, writeEntry, draftOf, type Batch } from './batch.ts'
import { freeOf, isExpired, takeFree } from './lots.ts'
import type { AccountState, EntryLeg, Lot } from './working-set.ts'

export type SumField = Exclude<EntryLeg['field'], 'contra'>

/** What stands against an account's leg: `contra:<unit>:<purpose>`. */
export type Purpose = 'held' | 'revenue' | 'used' | 'grants' | 'breakage' | 'absorbed' | 'limits'

/** The balance (M2). */
export function availableOf(account: AccountState): Nano {
  return account.granted - account.expired - account.posted - account.held
}

/** Where charges go: revenue for money, a counter of its own for caps (M3). */
export function chargePurpose(account: AccountState): Purpose {
  return account.kind === 'wallet' ? 'revenue' : 'used'
}

/**
 * Books a change on an account with its contra leg, and applies it to the sums and lots at once. `amount` is what
 * it does to `available`; a leg of the same account and field is added to.
 */
export function book(
  batch: Batch,
  legs: EntryLeg[],
  account: AccountState,
  field: SumField,
  amount: Nano,
  purpose: Purpose,
  lots?: [string, Nano][],
): void {
  apply(batch, account, field, amount, lots)
  merge(legs, account.id, account.unit, field, amount, lots)
  bookContra(legs, account.unit, purpose, -amount)
}

/** Adds to a contra leg. */
export function bookContra(legs: EntryLeg[], unit: string, purpose: Purpose, amount: Nano): void {
  if (amount !== 0n) merge(legs, contraOf(unit, purpose), unit, 'contra', amount)
}

/** Made once for each unit and purpose, of which there are few: the same string compares at once. */
const contraNames = new Map<string, Map<Purpose, string>>()

function contraOf(unit: string, purpose: Purpose): string {
  const names = contraNames.get(unit) ?? new Map<Purpose, string>()
  const known = names.get(purpose)
  if (known !== undefined) return known
  const name = `contra:${unit}:${purpose}`
  contraNames.set(unit, names.set(purpose, name))
  return name
}

function merge(legs: EntryLeg[], account: string, unit: string, field: EntryLeg['field'], amount: Nano, lots?: [string, Nano][]): void {
  for (const leg of legs) {
    if (leg.field !== field || leg.account !== account) continue
    leg.amount += amount
    if (lots !== undefined && lots.length > 0) leg.lots = mergeLots(leg.lots ?? [], lots)
    return
  }
  legs.push(lots === undefined || lots.length === 0 ? { account, unit, amount, field } : { account, unit, amount, field, lots })
}

function mergeLots(into: [string, Nano][], lots: [string, Nano][]): [string, Nano][] {
  for (const [id, amount] of lots) {
    const known = into.find((one) => one[0] === id)
    if (known === undefined) into.push([id, amount])
    else known[1] += amount
  }
  return into
}

function apply(batch: Batch, account: AccountState, field: SumField, amount: Nano, lots?: [string, Nano][]): void {
  const change = field === 'granted' ? amount : -amount
  account[field] += change
  batch.accounts.add(account)
  if (account.kind !== 'wallet') return
  let carried = 0n
  for (const [id, part] of lots ?? []) {
    applyToLot(loadedLot(batch, id), field, part)
    batch.changedLots.add(loadedLot(batch, id))
    carried += part
  }
  if (field === 'held') account.heldOnCredit += change - carried
  if (field === 'posted') account.debt += change - carried
}

function applyToLot(lot: Lot, field: SumField, change: Nano): void {
  if (field === 'granted' && change < 0n) lot.reversed -= change
  else lot[field] += change
}

/** Writes off what is free of expired lots, once per batch, whether or not a sweeper ever ran (M7). */
export function sweepExpired(batch: Batch, account: AccountState): void {
  if (batch.swept.has(account)) return
  batch.swept.add(account)
  for (const lot of batch.set.lots.get(account.id) ?? []) expireLot(batch, account, lot)
}

/**
 * Writes off what is free of one lot, if it has expired. More than once where the clock went back meanwhile, and so
 * under an id that no other entry can have.
 */
export function expireLot(batch: Batch, account: AccountState, lot: Lot): void {
  const free = freeOf(lot)
  if (free <= 0n || !isExpired(lot, batch.now)) return
  const legs: EntryLeg[] = []
  book(batch, legs, account, 'expired', -free, 'breakage', [[lot.id, free]])
  writeEntry(batch, draftOf(`${lot.id}.expire.${batch.set.nextSeq}`, 'expire', legs, {}))
}

/** Pays debt out of what is free (M6): a leg of zero whose lots are consumed. */
export function repayDebt(batch: Batch, legs: EntryLeg[], account: AccountState): void {
  if (account.debt === 0n) return
  const lots = takeFree(batch.set.lots.get(account.id), account.debt, batch.now)
  if (lots.length === 0) return
  apply(batch, account, 'posted', 0n, lots)
  legs.push({ account: account.id, unit: account.unit, amount: 0n, field: 'posted', lots })
}
