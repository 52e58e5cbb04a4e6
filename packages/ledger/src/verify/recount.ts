import type { Millis, Nano } from '@faregate/core'
import type { SumField } from '../booking.ts'
import type { Entry, EntryLeg } from '../working-set.ts'
import type { Findings } from './findings.ts'

/** An account as its entries add up. */
export interface AccountSum {
  kind: 'wallet' | 'cap'
  unit: string
  granted: Nano
  expired: Nano
  posted: Nano
  held: Nano
  heldOnCredit: Nano
  debt: Nano
  overdraft: Nano
  creditLimit: Nano
  entries: bigint
}

/** A lot as its entries add up. */
export interface LotSum {
  account: string
  seq: bigint
  priority: number
  expiresAt: Millis | null
  granted: Nano
  posted: Nano
  held: Nano
  expired: Nano
  reversed: Nano
}

/** Adds up accounts and lots, entry by entry; written apart from the machine that keeps the rows. */
export class Recount {
  readonly accounts = new Map<string, AccountSum>()
  readonly lots = new Map<string, LotSum>()
  readonly #findings: Findings

  constructor(findings: Findings) {
    this.#findings = findings
  }

  account(id: string): AccountSum | undefined {
    return this.accounts.get(id)
  }

  available(sum: AccountSum): Nano {
    return sum.granted - sum.expired - sum.posted - sum.held
  }

  add(entry: Entry): void {
    this.#expectBalanced(entry)
    const named = new Set<string>()
    for (const leg of entry.legs) {
      if (leg.field === 'contra') continue
      named.add(leg.account)
      this.#addLeg(entry, leg, leg.field, this.#sumOf(entry, leg))
    }
    for (const id of named) this.#close(entry, id)
    for (const leg of entry.legs) for (const [lot] of leg.lots ?? []) this.#expectLotWhole(entry, lot)
  }

  #expectBalanced(entry: Entry): void {
    const sums = new Map<string, Nano>()
    for (const leg of entry.legs) sums.set(leg.unit, (sums.get(leg.unit) ?? 0n) + leg.amount)
    for (const [unit, sum] of sums) {
      if (sum !== 0n) this.#findings.add('entry_unbalanced', entry.id, `its legs in ${unit} add up to ${sum}`)
    }
  }

  #sumOf(entry: Entry, leg: EntryLeg): AccountSum {
    const known = this.accounts.get(leg.account)
    if (known !== undefined) {
      if (known.unit !== leg.unit) this.#findings.add('unit_mismatch', entry.id, `${leg.account} counts ${known.unit}, the leg ${leg.unit}`)
      return known
    }
    if (entry.kind !== 'wallet' && entry.kind !== 'adjust') {
      this.#findings.add('entry_missing', leg.account, `${entry.id} is before its opening`)
    }
    const sum: AccountSum = {
      kind: entry.kind === 'adjust' ? 'cap' : 'wallet',
      unit: leg.unit,
      granted: 0n,
      expired: 0n,
      posted: 0n,
      held: 0n,
      heldOnCredit: 0n,
      debt: 0n,
      overdraft: 0n,
      creditLimit: 0n,
      entries: 0n,
    }
    this.accounts.set(leg.account, sum)
    return sum
  }

  #addLeg(entry: Entry, leg: EntryLeg, field: SumField, sum: AccountSum): void {
    const change = field === 'granted' ? leg.amount : -leg.amount
    sum[field] += change
    let carried = 0n
    for (const [id, part] of leg.lots ?? []) {
      this.#addToLot(entry, leg.account, id, field, part)
      carried += part
    }
    if (sum.kind !== 'wallet') return
    if (field === 'held') sum.heldOnCredit += change - carried
    if (field === 'posted') sum.debt += change - carried
  }

  #addToLot(entry: Entry, account: string, id: string, field: SumField, part: Nano): void {
    const lot = this.lots.get(id) ?? this.#newLot(entry, account, id, field)
    if (field === 'granted' && part < 0n) lot.reversed -= part
    else lot[field] += part
  }

  #newLot(entry: Entry, account: string, id: string, field: SumField): LotSum {
    if (field !== 'granted' || entry.id !== id) this.#findings.add('entry_missing', id, `${entry.id} names a lot that nothing granted`)
    const { priority, expiresAt } = entry.terms
    const lot: LotSum = {
      account,
      seq: entry.seq,
      priority: Number(priority ?? 0),
      expiresAt: typeof expiresAt === 'number' ? expiresAt : null,
      granted: 0n,
      posted: 0n,
      held: 0n,
      expired: 0n,
      reversed: 0n,
    }
    this.lots.set(id, lot)
    return lot
  }

  #close(entry: Entry, id: string): void {
    const sum = this.accounts.get(id)
    if (sum === undefined) return
    sum.entries += 1n
    if (entry.kind === 'wallet') {
      sum.overdraft = BigInt(entry.terms.overdraft ?? 0)
      sum.creditLimit = BigInt(entry.terms.creditLimit ?? 0)
    }
    for (const field of ['granted', 'expired', 'posted', 'held', 'heldOnCredit', 'debt'] as const) {
      if (sum[field] < 0n) this.#findings.add('negative_sum', id, `${field} is ${sum[field]} after ${entry.id}`)
    }
  }

  #expectLotWhole(entry: Entry, id: string): void {
    const lot = this.lots.get(id)
    if (lot === undefined) return
    const free = lot.granted - lot.posted - lot.held - lot.expired - lot.reversed
    const least = [lot.granted, lot.posted, lot.held, lot.expired, lot.reversed, free].reduce((a, b) => (b < a ? b : a))
    if (least < 0n) this.#findings.add('negative_sum', id, `a sum of the lot is ${least} after ${entry.id}`)
  }
}
