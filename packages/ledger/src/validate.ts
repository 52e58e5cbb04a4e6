import type { Nano } from '@faregate/core'
import { MAX_AMOUNT } from './batch.ts'
import { amountAt } from './measure.ts'
import { isQuota } from './quota.ts'
import type { AccountRef, Counts, HoldOp, Operation, Outcome } from './types.ts'

/** Slices of one request; more is a mistake of the caller. */
const MAX_SLICES = 1_000_000

/** Refuses an operation that no state could accept, by the member that is wrong. */
export function invalidMember(operation: Operation): Outcome | undefined {
  const member = wrongMember(operation)
  return member === undefined ? undefined : { status: 'operation_invalid', member }
}

function wrongMember(operation: Operation): string | undefined {
  switch (operation.type) {
    case 'hold':
      return wrongInHold(operation)
    case 'settle':
      if (operation.request === '') return 'request'
      if (!isCount(operation.slices, MAX_SLICES)) return 'slices'
      if (!isAmount(operation.cost)) return 'cost'
      if (!areCounts(operation.counts)) return 'counts'
      return Number.isSafeInteger(operation.instance) ? undefined : 'instance'
    case 'grant':
      if (operation.id === '') return 'id'
      if (!isAmount(operation.amount) || operation.amount === 0n) return 'amount'
      if (!Number.isSafeInteger(operation.priority)) return 'priority'
      return operation.expiresAt === null || Number.isSafeInteger(operation.expiresAt) ? undefined : 'expiresAt'
    case 'charge':
      if (operation.id === '') return 'id'
      return isAmount(operation.amount) && operation.amount > 0n ? undefined : 'amount'
    case 'reverse':
    case 'refund':
      if (operation.id === '') return 'id'
      return operation.amount === null || (isAmount(operation.amount) && operation.amount > 0n) ? undefined : 'amount'
    case 'wallet':
      if (operation.account === '') return 'account'
      if (!isAmount(operation.overdraft)) return 'overdraft'
      return isAmount(operation.creditLimit) ? undefined : 'creditLimit'
    case 'adjust':
      if (operation.id === '') return 'id'
      return isAmount(operation.cap.limit) ? undefined : 'cap'
  }
}

function wrongInHold(operation: HoldOp): string | undefined {
  const { id, request, slice, legs, measure, steps, outlook, mark, counts } = operation
  if (request === '') return 'request'
  if (!isCount(slice, MAX_SLICES)) return 'slice'
  if (id !== `${request}.${slice}`) return 'id'
  if (!Number.isSafeInteger(operation.instance)) return 'instance'
  if (!areLegs(legs)) return 'legs'
  if (measure.fixed < 0n || measure.perStep < 0n) return 'measure'
  if (!isRange(steps)) return 'steps'
  if (outlook !== undefined && !isRange(outlook)) return 'outlook'
  if (mark !== undefined && !isAmount(mark)) return 'mark'
  if (!areCounts(counts)) return 'counts'
  const fewest = Math.max(steps.min, outlook?.min ?? 0)
  if (amountAt(measure, fewest) > MAX_AMOUNT) return 'measure'
  for (const leg of legs) if (leg.kind === 'cap' && leg.measure !== undefined && amountAt(leg.measure, fewest) > MAX_AMOUNT) return 'legs'
  return undefined
}

/** At least one, no account twice, and one wallet at most: a request is charged once. */
function areLegs(legs: AccountRef[]): boolean {
  let wallets = 0
  for (let i = 0; i < legs.length; i++) {
    const leg = legs[i]
    if (leg === undefined) return false
    if (leg.kind === 'wallet') wallets += 1
    else if (!isAmount(leg.limit) || !isMeasured(leg)) return false
    for (let before = 0; before < i; before++) if (sameTarget(legs[before], leg)) return false
  }
  return legs.length > 0 && wallets <= 1
}

/** Quotas measure by themselves, and nothing else does: a settle tells by the unit what to post. */
function isMeasured({ unit, measure }: Extract<AccountRef, { kind: 'cap' }>): boolean {
  if (measure === undefined || !isQuota(unit)) return measure === undefined && !isQuota(unit)
  return measure.fixed >= 0n && measure.perStep >= 0n
}

function areCounts(counts: Counts | undefined): boolean {
  return counts === undefined || Object.entries(counts).every(([unit, count]) => isQuota(unit) && !unit.includes(' ') && isAmount(count))
}

function sameTarget(a: AccountRef | undefined, b: AccountRef): boolean {
  return a?.kind === 'cap' && b.kind === 'cap' && a.base === b.base && a.period === b.period
}

function isRange(range: { min: number; max: number }): boolean {
  return isCount(range.min, Number.MAX_SAFE_INTEGER) && isCount(range.max, Number.MAX_SAFE_INTEGER) && range.min <= range.max
}

function isCount(value: number, max: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value <= max
}

function isAmount(value: Nano): boolean {
  return value >= 0n && value <= MAX_AMOUNT
}
