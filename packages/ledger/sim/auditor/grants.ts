import { difference, type Prediction } from './prediction.ts'
import type { Adjust, Charge, Grant, Refund, Reverse, SetWallet } from './shapes.ts'
import {
  available,
  balanceOfWallet,
  capNow,
  comingBack,
  gone,
  isOpen,
  makeLot,
  repay,
  smaller,
  spendable,
  sweep,
  unspent,
} from './world.ts'
import type { Cap, Lot, Resolution, Wallet, World } from './world.ts'

export function auditWallet(world: World, op: SetWallet): Prediction {
  const wallet = world.wallets.get(op.account)
  if (wallet === undefined) {
    const { account: id, unit, overdraft, creditLimit } = op
    world.wallets.set(id, { id, unit, overdraft, creditLimit, lots: [], debt: 0n, credit: 0n, openedAt: world.now })
    return { status: 'ok', at: world.now }
  }
  if (wallet.unit !== op.unit) return { status: 'exists_with_different_unit' }
  if (wallet.overdraft === op.overdraft && wallet.creditLimit === op.creditLimit) return { status: 'exists', at: wallet.openedAt }
  wallet.overdraft = op.overdraft
  wallet.creditLimit = op.creditLimit
  return { status: 'ok', at: world.now }
}

function takenBefore(world: World, op: Grant | Charge | Reverse | Refund | Adjust): Prediction | undefined {
  const before = world.taken.get(op.id)
  if (before === undefined) return undefined
  return difference(before.operation, op) ?? { status: 'exists', at: before.at, amount: before.amount }
}

function done(world: World, op: Grant | Charge | Reverse | Refund | Adjust, amount: bigint): Prediction {
  world.taken.set(op.id, { operation: op, at: world.now, amount })
  return { status: 'ok', at: world.now, amount }
}

/** M6, M7: a lot of its own, debt first. */
export function auditGrant(world: World, op: Grant): Prediction {
  const before = takenBefore(world, op)
  if (before !== undefined) return before
  const wallet = world.wallets.get(op.account)
  if (wallet === undefined) return { status: 'account_unknown' }
  sweep(world, wallet)
  makeLot(world, wallet, op.id, op.priority, op.expiresAt, op.amount)
  repay(world, wallet)
  sweep(world, wallet)
  return done(world, op, op.amount)
}

/** M4: at once, or not at all. */
export function auditCharge(world: World, op: Charge): Prediction {
  const before = takenBefore(world, op)
  if (before !== undefined) return before
  const wallet = world.wallets.get(op.account)
  if (wallet === undefined) return { status: 'account_unknown' }
  sweep(world, wallet)
  const room = available(balanceOfWallet(wallet)) + wallet.creditLimit
  if (room < op.amount) {
    const held = comingBack(world, wallet)
    const reserved = room + held >= op.amount && wallet.debt <= wallet.creditLimit
    const leg = { account: wallet.id, unit: wallet.unit, required: op.amount, available: room, held }
    return { status: 'insufficient', reserved, leg: 0, also: [], lacking: [{ leg: 0, ...leg }], steps: 0, legs: [leg], at: world.now }
  }
  let left = op.amount
  for (const lot of spendable(world, wallet)) {
    const part = smaller(unspent(lot), left)
    lot.posted += part
    left -= part
  }
  wallet.debt += left
  return done(world, op, op.amount)
}

/** M7: what is unspent and unheld. */
export function auditReverse(world: World, op: Reverse): Prediction {
  const before = takenBefore(world, op)
  if (before !== undefined) return before
  const owner = [...world.wallets.values()].find((wallet) => wallet.lots.some((lot) => lot.id === op.grant))
  const lot = owner?.lots.find((one) => one.id === op.grant)
  if (owner === undefined || lot === undefined) return { status: 'grant_unknown' }
  sweep(world, owner)
  const remaining = unspent(lot)
  const amount = op.amount ?? remaining
  if (amount === 0n || amount > remaining) return { status: 'exceeds_remaining', remaining }
  lot.reversed += amount
  return done(world, op, amount)
}

/** M8: the limit of the running period. */
export function auditAdjust(world: World, op: Adjust): Prediction {
  const before = takenBefore(world, op)
  if (before !== undefined) return before
  const { id, family, start } = capNow(world, op.cap)
  const cap = world.caps.get(id) ?? { id, family, start, limit: 0n, posted: 0n, held: 0n }
  cap.limit = op.cap.limit
  world.caps.set(id, cap)
  return done(world, op, op.cap.limit)
}

/** M9: back along the way it was spent. */
export function auditRefund(world: World, op: Refund, zone: string): Prediction {
  const before = takenBefore(world, op)
  if (before !== undefined) return before
  const resolution = world.requests.get(op.request)?.resolution
  const wallet = resolution?.wallet
  if (resolution === undefined || wallet === undefined) return { status: 'request_unknown' }
  sweep(world, wallet)
  const remaining = resolution.posted + resolution.excess - resolution.refunded
  const amount = op.amount ?? remaining
  const whole = amount === remaining
  const open = resolution.counted.filter(({ cap }) => isOpen(world, cap, zone))
  const onlyCounted = !resolution.touched && open.length > 0
  if (amount > remaining || (amount === 0n && !onlyCounted)) return { status: 'exceeds_remaining', remaining }
  resolution.touched = true
  if (whole) for (const { cap, amount: part } of open) cap.posted -= part
  giveBack(world, op.id, wallet, last(resolution.sources, resolution.refunded, amount))
  for (const booked of families(resolution)) {
    for (const { cap, amount: part } of last(booked, resolution.refunded, amount)) if (isOpen(world, cap, zone)) cap.posted -= part
  }
  resolution.refunded += amount
  repay(world, wallet)
  return done(world, op, amount)
}

/** The last nano-units of a list that were not given back yet, nano-unit by nano-unit in spirit. */
function last<T extends { amount: bigint }>(list: T[], already: bigint, amount: bigint): T[] {
  const found: T[] = []
  let position = 0n
  for (const one of list.toReversed()) {
    const [from, until] = [position, position + one.amount]
    position = until
    const low = from > already ? from : already
    const high = smaller(until, already + amount)
    if (high > low) found.push({ ...one, amount: high - low })
  }
  return found
}

function giveBack(world: World, id: string, wallet: Wallet, parts: { lot: Lot | undefined; amount: bigint }[]): void {
  const priority = parts.find(({ lot }) => lot !== undefined && gone(world, lot))?.lot?.priority ?? 0
  let renewed = 0n
  for (const { lot, amount } of parts) {
    if (lot === undefined) {
      const owed = smaller(wallet.debt, amount)
      wallet.debt -= owed
      renewed += amount - owed
      continue
    }
    lot.posted -= amount
    if (!gone(world, lot)) continue
    lot.reversed += amount
    renewed += amount
  }
  if (renewed > 0n) makeLot(world, wallet, id, priority, null, renewed)
}

function families(resolution: Resolution): { cap: Cap; amount: bigint }[][] {
  const names = new Set(resolution.booked.map(({ cap }) => cap.family))
  return [...names].map((name) => resolution.booked.filter(({ cap }) => cap.family === name))
}
