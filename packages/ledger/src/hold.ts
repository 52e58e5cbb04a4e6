import type { Nano } from '@faregate/core'
import { draftOf, lastSeq, lockedAccount, MAX_AMOUNT, writeEntry, type Batch } from './batch.ts'
import { availableOf, book, sweepExpired } from './booking.ts'
import { lapsedOf, takeFree } from './lots.ts'
import { amountAt, stepsWithin } from './measure.ts'
import { capAccount } from './reads.ts'
import { differenceFrom, settlementOf, termsOf } from './terms.ts'
import type { AccountRef, Decided, HeldLeg, HoldOp, Outcome, Room, Shortfall } from './types.ts'
import type { AccountState, Entry, EntryLeg } from './working-set.ts'

/** Holds on every account or on none (M3, M4), as many steps as all of them afford. */
export function decideHold(batch: Batch, op: HoldOp): Outcome {
  const resolution = batch.set.entries.get(`${op.request}.settle`)
  if (resolution !== undefined) return resolvedBefore(resolution)
  const known = batch.set.entries.get(op.id)
  if (known !== undefined) return differenceFrom(known, op) ?? heldBefore(known)
  const accounts = accountsOfLegs(batch, op.legs)
  if (!Array.isArray(accounts)) return accounts
  const rooms = accounts.map(roomOf)
  const fewest = Math.max(op.steps.min, op.outlook?.min ?? 0)
  const required = claimsOf(op, fewest)
  if (rooms.some((room, leg) => room < (required[leg] ?? 0n))) return refuse(batch, op, accounts, rooms, required)
  const steps = op.steps.min === op.steps.max ? op.steps.max : affordable(op, rooms, op.steps.max)
  return hold(batch, op, accounts, rooms, steps)
}

/** What a hold may take: the balance, and the credit of a wallet in arrears. */
function roomOf(account: AccountState): Nano {
  const available = availableOf(account)
  return account.kind === 'wallet' ? available + account.creditLimit : available
}

/** What a number of steps claims on each leg: money, but for quotas, which measure by themselves. */
function claimsOf(op: HoldOp, steps: number): Nano[] {
  const money = amountAt(op.measure, steps)
  return op.legs.map((leg) => (leg.kind === 'cap' && leg.measure !== undefined ? amountAt(leg.measure, steps) : money))
}

function affordable(op: HoldOp, rooms: Nano[], max: number): number {
  let steps = max
  for (let i = 0; i < rooms.length; i++) {
    const leg = op.legs[i]
    const measure = leg?.kind === 'cap' ? (leg.measure ?? op.measure) : op.measure
    steps = Math.min(steps, stepsWithin(measure, rooms[i] ?? 0n, max))
  }
  return steps
}

function hold(batch: Batch, op: HoldOp, accounts: AccountState[], rooms: Nano[], steps: number): Outcome {
  const claims = claimsOf(op, steps)
  if (accounts.some((account, leg) => account.held + (claims[leg] ?? 0n) > MAX_AMOUNT))
    return { status: 'operation_invalid', member: 'measure' }
  const terms = termsOf(op)
  terms.taken = steps
  if (op.outlook !== undefined) terms.reach = affordable(op, rooms, op.outlook.max)
  const legs: EntryLeg[] = []
  for (const [leg, account] of accounts.entries()) {
    const amount = claims[leg] ?? 0n
    const lots = account.kind === 'wallet' ? takeFree(batch.set.lots.get(account.id), amount, batch.now) : undefined
    book(batch, legs, account, 'held', -amount, 'held', lots)
  }
  const { id, request, instance, memo } = op
  return held('ok', writeEntry(batch, { id, kind: 'hold', request, instance, legs, terms, memo }))
}

function heldBefore(entry: Entry): Outcome {
  return held('exists', entry)
}

function held(status: 'ok' | 'exists', entry: Entry): Outcome {
  const legs: HeldLeg[] = []
  for (const leg of entry.legs) {
    if (leg.field === 'held') legs.push({ account: leg.account, unit: leg.unit, amount: -leg.amount })
  }
  const { taken, reach } = entry.terms
  const outlook = reach === undefined ? undefined : { outlook: Number(reach) }
  return { status, seq: entry.seq, held: legs, steps: Number(taken), at: entry.at, ...outlook }
}

/** A late slice: the request is over (M5). */
export function resolvedBefore(resolution: Entry): Outcome {
  const status = resolution.kind === 'void' ? 'already_voided' : 'already_posted'
  const { posted, excess } = settlementOf(resolution)
  return { status, seq: resolution.seq, instance: resolution.instance ?? 0, amount: posted + excess }
}

function accountsOfLegs(batch: Batch, legs: AccountRef[]): AccountState[] | Outcome {
  const accounts: AccountState[] = []
  for (const leg of legs) {
    const account = leg.kind === 'wallet' ? batch.set.accounts.get(leg.id) : capOf(batch, leg)
    if (account === undefined) return leg.kind === 'cap' ? { status: 'operation_invalid', member: 'legs' } : { status: 'account_unknown' }
    if (leg.kind === 'wallet' && (account.entries === 0n || account.kind !== 'wallet')) return { status: 'account_unknown' }
    if (account.kind !== leg.kind || account.unit !== leg.unit) return { status: 'operation_invalid', member: 'legs' }
    accounts.push(account)
  }
  for (let i = 0; i < legs.length; i++) {
    const leg = legs[i]
    const account = accounts[i]
    if (leg === undefined || account === undefined) continue
    if (leg.kind === 'cap') openCap(batch, account, leg.limit)
    else sweepExpired(batch, account)
  }
  return accounts
}

function capOf(batch: Batch, leg: Extract<AccountRef, { kind: 'cap' }>): AccountState | undefined {
  const running = capAccount(leg, batch.now)
  if (running === undefined) return undefined
  const account = lockedAccount(batch, running.id)
  if (account.entries === 0n) account.unit = leg.unit
  return account
}

/** A period begins with its first hold; from then on the limit is the account's, not the hold's (M8). */
function openCap(batch: Batch, account: AccountState, limit: Nano): void {
  if (account.entries > 0n) return
  const legs: EntryLeg[] = []
  book(batch, legs, account, 'granted', limit, 'limits')
  writeEntry(batch, draftOf(`${account.id}.limit`, 'adjust', legs, {}))
}

/**
 * Which leg names the refusal is M26: the first that waiting cannot help, else the first that lacks room. A wallet in
 * debt always lacks it, for whatever is free repays debt at once; only a grant helps it.
 */
function refuse(batch: Batch, op: HoldOp, accounts: AccountState[], rooms: Nano[], claims: Nano[]): Outcome {
  const legs: Room[] = []
  const shortfalls: Shortfall[] = []
  let leg: number | undefined
  for (let i = 0; i < accounts.length; i++) {
    const account = accounts[i]
    const available = rooms[i]
    const required = claims[i] ?? 0n
    if (account === undefined || available === undefined) continue
    const { id, unit, resetsAt } = account
    const tiedUp = account.held - lapsedOf(batch.set.lots.get(id), batch.now)
    const room: Room = { account: id, unit, required, available, held: tiedUp, resetsAt }
    legs.push(room)
    if (available >= required) continue
    shortfalls.push({ leg: i, ...room })
    const waitingHelps = required <= available + tiedUp && account.debt <= account.creditLimit
    if (!waitingHelps) leg ??= i
  }
  const decided: Decided = { seq: lastSeq(batch), legs, at: batch.now }
  const named = leg === undefined ? undefined : accounts[leg]
  if (named !== undefined && named.debt > named.creditLimit)
    return { status: 'in_debt', account: named.id, available: roomOf(named), ...decided }
  const first = leg ?? shortfalls[0]?.leg ?? 0
  const also = shortfalls.map((one) => one.leg).filter((one) => one !== first)
  const most = Math.max(op.steps.max, op.outlook?.max ?? 0)
  const steps = affordable(op, rooms, most)
  return { status: 'insufficient', reserved: leg === undefined, leg: first, also, shortfalls, steps, ...decided }
}
