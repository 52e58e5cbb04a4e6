import { object } from './finding.ts'
import type { AccountRow, EntryRow, LotRow } from './shapes.ts'

/** What the entries say a request was charged. */
export interface Charge {
  /** Holds that were taken, and those of them that were resolved. */
  held: bigint
  resolved: boolean
  /** Of the one that resolved it. */
  instance: number
  memo: string
  /** What its wallet was charged. */
  charged: bigint
  absorbed: bigint
  refunded: bigint
  /** Entries that charge it. */
  charges: string[]
}

type Sums = Record<string, bigint>

/** Adds up all entries by itself, from the first on: sequence, units, sums, lots. Nothing is held any more. Answers what requests were charged. */
export function auditEntries(entries: readonly EntryRow[], accounts: readonly AccountRow[], lots: readonly LotRow[]): Map<string, Charge> {
  const sums = new Map<string, Sums>()
  const parts = new Map<string, Sums>()
  let last = 0n
  for (const entry of entries) {
    if (entry.seq !== last + 1n) object('sequence_gap', entry.id, `${entry.seq} follows ${last}`)
    last = entry.seq
    expectBalanced(entry)
    for (const { account, field, amount, lots: carried } of entry.legs) {
      if (field === 'contra') continue
      add(sums, account, field, field === 'granted' ? amount : -amount)
      for (const [lot, part] of carried ?? []) add(parts, lot, field === 'granted' && part < 0n ? 'reversed' : field, absolute(field, part))
    }
    expectRoom(entry, sums)
  }
  expectAccounts(accounts, sums)
  for (const { id, held } of accounts) if (held !== 0n) object('held_after_recovery', id, `${held} is held`)
  expectLots(lots, parts)
  return chargesOf(entries)
}

function absolute(field: string, part: bigint): bigint {
  return field === 'granted' && part < 0n ? -part : part
}

function add(sums: Map<string, Sums>, key: string, field: string, amount: bigint): void {
  const known = sums.get(key) ?? { granted: 0n, expired: 0n, posted: 0n, held: 0n, reversed: 0n }
  known[field] = (known[field] ?? 0n) + amount
  sums.set(key, known)
}

function expectBalanced({ id, legs }: EntryRow): void {
  const units = new Map<string, bigint>()
  for (const { unit, amount } of legs) units.set(unit, (units.get(unit) ?? 0n) + amount)
  for (const [unit, sum] of units) if (sum !== 0n) object('units_unbalanced', id, `its legs in ${unit} add up to ${sum}`)
}

/** A cap never carries a hold that it has no room for (a wallet may, on credit: the prediction looks at that). */
function expectRoom({ id, kind, legs }: EntryRow, sums: Map<string, Sums>): void {
  if (kind !== 'hold') return
  for (const { account, field, unit } of legs) {
    if (field !== 'held' || !/^(cap|quota):/.test(unit)) continue
    const { granted = 0n, expired = 0n, posted = 0n, held = 0n } = sums.get(account) ?? {}
    const available = granted - expired - posted - held
    if (available < 0n) object('below_floor', account, `${available} is available after ${id}`)
  }
}

function expectAccounts(accounts: readonly AccountRow[], sums: Map<string, Sums>): void {
  for (const row of accounts) {
    const { granted = 0n, expired = 0n, posted = 0n, held = 0n } = sums.get(row.id) ?? {}
    if (row.granted === granted && row.expired === expired && row.posted === posted && row.held === held) continue
    const says = `its entries say ${granted} − ${expired} − ${posted} − ${held}`
    object('account_is_not_its_entries', row.id, `it has ${row.granted} − ${row.expired} − ${row.posted} − ${row.held}, ${says}`)
  }
}

/** Nothing of a lot is made or lost: what was granted is spent, held, expired, taken back or left. */
function expectLots(lots: readonly LotRow[], parts: Map<string, Sums>): void {
  for (const row of lots) {
    const sum = parts.get(row.id) ?? {}
    for (const member of ['granted', 'posted', 'held', 'expired', 'reversed'] as const) {
      if (row[member] !== (sum[member] ?? 0n))
        object('lot_is_not_its_entries', row.id, `${member} is ${row[member]}, not ${sum[member] ?? 0n}`)
    }
    const free = row.granted - row.posted - row.held - row.expired - row.reversed
    if (free < 0n) object('lots_not_conserved', row.id, `${-free} more was taken from it than was granted`)
  }
}

function chargesOf(entries: readonly EntryRow[]): Map<string, Charge> {
  const found = new Map<string, Charge>()
  for (const entry of entries) {
    if (entry.request === null) continue
    const charge = found.get(entry.request) ?? noCharge()
    found.set(entry.request, charge)
    note(charge, entry)
    if (charge.refunded > charge.charged) object('refunded_above_charge', entry.request, `${charge.refunded} of ${charge.charged}`)
  }
  return found
}

/** It was not the request's own process that resolved it. */
export function isRecovery({ memo }: { memo: string }): boolean {
  return memo.includes('"recovered":true')
}

export function noCharge(): Charge {
  return { held: 0n, resolved: false, instance: 0, memo: '{}', charged: 0n, absorbed: 0n, refunded: 0n, charges: [] }
}

function note(charge: Charge, { id, kind, request, instance, memo, legs }: EntryRow): void {
  if (kind === 'hold') charge.held += -(legs.find((leg) => leg.field === 'held' && !leg.unit.startsWith('quota:'))?.amount ?? 0n)
  if (id === `${request}.settle`) Object.assign(charge, { resolved: true, instance, memo })
  if (kind === 'refund') charge.refunded += moved(legs)
  else {
    charge.charged -= moved(legs)
    if (moved(legs) < 0n) charge.charges.push(id)
  }
  for (const { account, amount } of legs) if (account.endsWith(':absorbed')) charge.absorbed -= amount
}

/** What an entry does to what the wallet has spent. */
function moved(legs: EntryRow['legs']): bigint {
  const spent = legs.filter(({ field, unit }) => (field === 'posted' || field === 'granted') && !/^(cap|quota):/.test(unit))
  return spent.reduce((sum, { amount }) => sum + amount, 0n)
}
