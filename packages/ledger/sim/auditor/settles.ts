import { difference, resolvedBefore, type Prediction } from './prediction.ts'
import type { Settle } from './shapes.ts'
import { available, balanceOfWallet, gone, larger, repay, smaller, spendable, sweep, unspent } from './world.ts'
import type { Cap, Resolution, Slice, Wallet, World } from './world.ts'

/** M5, M6, M8: once, in order of slice, on the accounts that were held. */
export function auditSettle(world: World, op: Settle): Prediction {
  const request = world.requests.get(op.request)
  const before = request?.resolution
  if (before !== undefined) {
    if (before.operation.instance === op.instance) return difference(before.operation, op) ?? { status: 'exists', ...resultOf(before) }
    return resolvedBefore(before)
  }
  const slices: Slice[] = []
  for (let slice = 0; slice <= op.slices; slice++) {
    const held = request?.slices.get(slice)
    if (held !== undefined) slices.push(held)
  }
  const last = slices.at(-1)
  if (request === undefined || last === undefined) return { status: 'hold_unknown' }
  for (const { wallet } of slices) if (wallet !== undefined) sweep(world, wallet)
  request.resolution = resolve(world, op, slices, last)
  return { status: 'ok', ...resultOf(request.resolution) }
}

function resultOf({ posted, excess, absorbed, at }: Resolution): Omit<Prediction, 'status'> {
  return { at, amount: posted + excess, settlement: { posted, excess, absorbed } }
}

function resolve(world: World, op: Settle, slices: Slice[], last: Slice): Resolution {
  const nothing = { posted: 0n, excess: 0n, absorbed: 0n, refunded: 0n }
  const resolution: Resolution = { operation: op, at: world.now, ...nothing, sources: [], booked: [], counted: [] }
  let debt = 0n
  for (const slice of slices) debt += settleSlice(world, slice, op.cost - resolution.posted, resolution)
  if (debt > 0n) resolution.sources.push({ lot: undefined, amount: debt })
  count(slices, op.counts ?? {}, resolution)
  for (const { wallet } of slices) if (wallet !== undefined) repay(world, wallet)
  if (last.wallet !== undefined) resolution.wallet = last.wallet
  const rest = op.cost - resolution.posted
  if (rest > 0n) exceed(world, last, rest, resolution)
  return resolution
}

/** What was used, over the slices in order; the last one takes what is more than was held. */
function count(slices: Slice[], counts: Readonly<Record<string, bigint>>, resolution: Resolution): void {
  const all = slices.flatMap(({ counted }) => counted)
  for (const name of new Set(all.map(({ cap }) => cap.family))) {
    const quotas = all.filter(({ cap }) => cap.family === name)
    let left = counts[quotas[0]?.unit ?? ''] ?? 0n
    for (const [index, { cap, amount }] of quotas.entries()) {
      const part = index === quotas.length - 1 ? left : smaller(amount, left)
      left -= part
      cap.held -= amount
      cap.posted += part
      if (part > 0n) resolution.counted.push({ cap, amount: part })
    }
  }
}

/** Returns what was spent on credit. */
function settleSlice(world: World, slice: Slice, owed: bigint, resolution: Resolution): bigint {
  const part = smaller(slice.amount, owed)
  resolution.posted += part
  for (const cap of slice.caps) {
    cap.held -= slice.amount
    cap.posted += part
    if (part > 0n) bookOn(resolution, cap, part)
  }
  let left = part
  for (const { lot, amount } of slice.fromLots) {
    const spent = smaller(amount, left)
    left -= spent
    lot.held -= amount
    lot.posted += spent
    if (gone(world, lot)) lot.expired += amount - spent
    if (spent === 0n) continue
    const source = resolution.sources.find((one) => one.lot === lot)
    if (source === undefined) resolution.sources.push({ lot, amount: spent })
    else source.amount += spent
  }
  if (slice.wallet === undefined) return 0n
  slice.wallet.credit -= slice.onCredit
  slice.wallet.debt += left
  return left
}

function bookOn(resolution: Resolution, cap: Cap, amount: bigint): void {
  const booked = resolution.booked.find((one) => one.cap === cap)
  if (booked === undefined) resolution.booked.push({ cap, amount })
  else booked.amount += amount
}

function exceed(world: World, last: Slice, rest: bigint, resolution: Resolution): void {
  resolution.excess = last.wallet === undefined ? rest : smaller(rest, larger(0n, reachOf(last.wallet)))
  resolution.absorbed = rest - resolution.excess
  for (const cap of last.caps) {
    cap.posted += rest
    resolution.booked.push({ cap, amount: rest })
  }
  if (last.wallet === undefined) return
  let left = resolution.excess
  for (const lot of spendable(world, last.wallet)) {
    const part = smaller(unspent(lot), left)
    if (part === 0n) continue
    lot.posted += part
    left -= part
    resolution.sources.push({ lot, amount: part })
  }
  last.wallet.debt += left
  if (left > 0n) resolution.sources.push({ lot: undefined, amount: left })
}

function reachOf(wallet: Wallet): bigint {
  return available(balanceOfWallet(wallet)) + larger(wallet.overdraft, wallet.creditLimit)
}
