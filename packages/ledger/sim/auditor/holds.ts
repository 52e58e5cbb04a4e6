import { difference, resolvedBefore, type Prediction } from './prediction.ts'
import type { Hold } from './shapes.ts'
import {
  available,
  balanceOfCap,
  balanceOfWallet,
  capNow,
  comingBack,
  smaller,
  spendable,
  sweep,
  unspent,
  type Cap,
  type Slice,
  type Wallet,
  type World,
} from './world.ts'

interface Target {
  id: string
  unit: string
  /** What a hold may take. */
  room: bigint
  /** What is held and comes back. */
  held: bigint
  inDebt: boolean
}

/** M3, M4, M12, M26: all legs or none, the most steps that all afford. */
export function auditHold(world: World, op: Hold): Prediction {
  const request = world.requests.get(op.request)
  if (request?.resolution !== undefined) {
    return resolvedBefore(request.resolution)
  }
  const before = request?.slices.get(op.slice)
  if (before !== undefined) return difference(before.operation, op) ?? { status: 'exists', ...heldBy(before) }
  const taker = world.taken.get(op.id)
  if (taker !== undefined) return { status: 'exists_with_different_type' }
  const { wallet, caps, wrong } = find(world, op)
  if (wrong !== undefined) return wrong
  if (wallet !== undefined) sweep(world, wallet)
  const targets = op.legs.map((leg, index) => target(world, leg.kind === 'wallet' ? wallet : caps[index], leg.unit))
  const lacking = targets.flatMap((one, index) => {
    const required = price(op, index, fewestOf(op))
    return one.room < required ? [{ ...one, index, required }] : []
  })
  if (lacking.length > 0) return refusal(world, op, targets, lacking)
  return take(world, op, targets, wallet, caps)
}

function find(world: World, op: Hold): { wallet?: Wallet; caps: (Cap | undefined)[]; wrong?: Prediction } {
  const ref = op.legs.find((leg) => leg.kind === 'wallet')
  const wallet = ref?.kind === 'wallet' ? world.wallets.get(ref.id) : undefined
  if (ref !== undefined && wallet === undefined) return { caps: [], wrong: { status: 'account_unknown' } }
  if (wallet !== undefined && wallet.unit !== ref?.unit) return { caps: [], wrong: { status: 'operation_invalid', member: 'legs' } }
  const caps = op.legs.map((leg) => {
    if (leg.kind === 'wallet') return undefined
    const { id, family, start } = capNow(world, leg)
    const cap = world.caps.get(id) ?? { id, family, start, limit: leg.limit, posted: 0n, held: 0n }
    world.caps.set(id, cap)
    return cap
  })
  return { ...(wallet === undefined ? {} : { wallet }), caps }
}

function target(world: World, account: Wallet | Cap | undefined, unit: string): Target {
  if (account === undefined) throw new Error('no account')
  if (!('lots' in account)) {
    return { id: account.id, unit, room: available(balanceOfCap(account)), held: account.held, inDebt: false }
  }
  const room = available(balanceOfWallet(account)) + account.creditLimit
  return { id: account.id, unit, room, held: comingBack(world, account), inDebt: account.debt > account.creditLimit }
}

/** On one leg: money, or what the quota counts. */
function price(op: Hold, index: number, steps: number): bigint {
  const leg = op.legs[index]
  const { fixed, perStep } = (leg?.kind === 'cap' ? leg.measure : undefined) ?? op.measure
  const total = fixed + perStep * BigInt(steps)
  const whole = total / 1_000_000n
  return whole * 1_000_000n === total ? whole : whole + 1n
}

function fewestOf({ steps, outlook }: Hold): number {
  return Math.max(steps.min, outlook?.min ?? 0)
}

/** Counted down one by one: slow, and plainly right. */
function reach(op: Hold, targets: Target[], most: number): number {
  for (let steps = most; steps > 0; steps--) if (targets.every((one, index) => price(op, index, steps) <= one.room)) return steps
  return 0
}

function refusal(world: World, op: Hold, targets: Target[], lacking: (Target & { index: number; required: bigint })[]): Prediction {
  const hopeless = lacking.find((one) => one.inDebt || one.required > one.room + one.held)
  const legs = targets.map(({ id: account, unit, room, held }, index) => {
    return { account, unit, required: price(op, index, fewestOf(op)), available: room, held }
  })
  if (hopeless?.inDebt) return { status: 'in_debt', account: hopeless.id, available: hopeless.room, legs, at: world.now }
  const named = hopeless ?? lacking[0]
  return {
    status: 'insufficient',
    reserved: hopeless === undefined,
    leg: named?.index,
    also: lacking.map((one) => one.index).filter((index) => index !== named?.index),
    lacking: lacking.map(({ index, id: account, unit, required, room, held }) => {
      return { leg: index, account, unit, required, available: room, held }
    }),
    steps: reach(op, targets, Math.max(op.steps.max, op.outlook?.max ?? 0)),
    legs,
    at: world.now,
  }
}

function take(world: World, op: Hold, targets: Target[], wallet: Wallet | undefined, found: (Cap | undefined)[]): Prediction {
  const steps = op.steps.min === op.steps.max ? op.steps.max : reach(op, targets, op.steps.max)
  const amount = price(op, op.legs.length - 1, steps)
  const quotas = targets.flatMap(({ unit }, index) => (unit.startsWith('quota:') ? [{ index, unit, amount: price(op, index, steps) }] : []))
  const counted = quotas.flatMap(({ index, ...one }) => {
    const cap = found[index]
    return cap === undefined ? [] : [{ cap, ...one }]
  })
  const caps = found.filter((cap) => cap !== undefined && !counted.some((one) => one.cap === cap)) as Cap[]
  const slice: Slice = {
    operation: op,
    at: world.now,
    amount,
    steps,
    ...(op.outlook === undefined ? {} : { outlook: reach(op, targets, op.outlook.max) }),
    ...(wallet === undefined ? {} : { wallet }),
    caps,
    fromLots: [],
    onCredit: 0n,
    counted,
    held: targets.map(({ id, unit }, index) => ({ account: id, unit, amount: price(op, index, steps) })),
  }
  for (const cap of caps) cap.held += amount
  for (const quota of counted) quota.cap.held += quota.amount
  if (wallet !== undefined) reserve(world, wallet, slice)
  const request = world.requests.get(op.request) ?? { id: op.request, slices: new Map() }
  request.slices.set(op.slice, slice)
  world.requests.set(op.request, request)
  world.taken.set(op.id, { operation: op, at: world.now, amount })
  return { status: 'ok', ...heldBy(slice) }
}

function reserve(world: World, wallet: Wallet, slice: Slice): void {
  slice.onCredit = slice.amount
  for (const lot of spendable(world, wallet)) {
    const amount = smaller(unspent(lot), slice.onCredit)
    if (amount === 0n) continue
    lot.held += amount
    slice.onCredit -= amount
    slice.fromLots.push({ lot, amount })
  }
  wallet.credit += slice.onCredit
}

function heldBy({ held, steps, outlook, at }: Slice): Omit<Prediction, 'status'> {
  return { held, steps, at, ...(outlook === undefined ? {} : { outlook }) }
}
