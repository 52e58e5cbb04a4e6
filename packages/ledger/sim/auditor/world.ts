import type { Asked, CapRef, Hold, Settle } from './shapes.ts'

/**
 * The auditor's own idea of the ledger, from the rules and not from the machine:
 * nothing is a running sum; a balance is what the lots, debts and counters add up to.
 */
export interface World {
  now: number
  wallets: Map<string, Wallet>
  caps: Map<string, Cap>
  requests: Map<string, Request>
  /** The operation that took an id, what came of it, and when. */
  taken: Map<string, { operation: Asked; at: number; amount: bigint }>
  lotsMade: number
}

export interface Wallet {
  id: string
  unit: string
  overdraft: bigint
  creditLimit: bigint
  lots: Lot[]
  /** Spent without a lot to spend from. */
  debt: bigint
  /** Held without a lot to hold from. */
  credit: bigint
  openedAt: number
}

export interface Lot {
  id: string
  order: number
  priority: number
  expiresAt: number | null
  granted: bigint
  reversed: bigint
  expired: bigint
  posted: bigint
  held: bigint
}

export interface Cap {
  id: string
  /** The base and the kind of period. */
  family: string
  start: string
  limit: bigint
  posted: bigint
  held: bigint
}

interface Request {
  id: string
  slices: Map<number, Slice>
  resolution?: Resolution
}

export interface Slice {
  operation: Hold
  at: number
  amount: bigint
  steps: number
  outlook?: number
  wallet?: Wallet
  caps: Cap[]
  fromLots: { lot: Lot; amount: bigint }[]
  onCredit: bigint
  /** What quotas count. */
  counted: { cap: Cap; unit: string; amount: bigint }[]
  held: { account: string; unit: string; amount: bigint }[]
}

export interface Resolution {
  operation: Settle
  at: number
  posted: bigint
  excess: bigint
  absorbed: bigint
  wallet?: Wallet
  /** What was consumed, in order; a lot of undefined was debt. */
  sources: { lot: Lot | undefined; amount: bigint }[]
  /** What was booked on caps, in order. */
  booked: { cap: Cap; amount: bigint }[]
  /** What was counted on quotas. */
  counted: { cap: Cap; amount: bigint }[]
  /** A refund has come before. */
  touched?: boolean
  refunded: bigint
}

export function emptyWorld(now: number): World {
  return { now, wallets: new Map(), caps: new Map(), requests: new Map(), taken: new Map(), lotsMade: 0 }
}

export interface Balance {
  granted: bigint
  expired: bigint
  posted: bigint
  held: bigint
}

export function balanceOfWallet(wallet: Wallet): Balance {
  const sum = (of: (lot: Lot) => bigint): bigint => wallet.lots.reduce((total, lot) => total + of(lot), 0n)
  return {
    granted: sum((lot) => lot.granted - lot.reversed),
    expired: sum((lot) => lot.expired),
    posted: sum((lot) => lot.posted) + wallet.debt,
    held: sum((lot) => lot.held) + wallet.credit,
  }
}

export function balanceOfCap(cap: Cap): Balance {
  return { granted: cap.limit, expired: 0n, posted: cap.posted, held: cap.held }
}

export function available(balance: Balance): bigint {
  return balance.granted - balance.expired - balance.posted - balance.held
}

export function unspent(lot: Lot): bigint {
  return lot.granted - lot.reversed - lot.expired - lot.posted - lot.held
}

export function gone(world: World, lot: Lot): boolean {
  return lot.expiresAt !== null && lot.expiresAt <= world.now
}

/** What of a wallet is held and comes back when it is released. */
export function comingBack(world: World, wallet: Wallet): bigint {
  return wallet.lots.reduce((total, lot) => (gone(world, lot) ? total : total + lot.held), wallet.credit)
}

/** What can be spent, in the order in which it is. */
export function spendable(world: World, wallet: Wallet): Lot[] {
  const never = Number.POSITIVE_INFINITY
  return wallet.lots
    .filter((lot) => unspent(lot) > 0n && !gone(world, lot))
    .toSorted((a, b) => a.priority - b.priority || compare(a.expiresAt ?? never, b.expiresAt ?? never) || a.order - b.order)
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1
}

/** Whatever of a wallet has expired and is neither spent nor held becomes breakage. */
export function sweep(world: World, wallet: Wallet): void {
  for (const lot of wallet.lots) if (gone(world, lot)) lot.expired += unspent(lot)
}

/** What is free pays debt. */
export function repay(world: World, wallet: Wallet): void {
  for (const lot of spendable(world, wallet)) {
    const part = smaller(unspent(lot), wallet.debt)
    lot.posted += part
    wallet.debt -= part
  }
}

export function makeLot(world: World, wallet: Wallet, id: string, priority: number, expiresAt: number | null, amount: bigint): Lot {
  world.lotsMade += 1
  const lot = { id, order: world.lotsMade, priority, expiresAt, granted: amount, reversed: 0n, expired: 0n, posted: 0n, held: 0n }
  wallet.lots.push(lot)
  return lot
}

export function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}

export function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}

/** The cap's account now: days, ISO weeks and months by the calendar of the zone. */
export function capNow(world: World, ref: CapRef): { id: string; family: string; start: string } {
  const start = beginning(ref.period, ref.zone, world.now)
  return { id: `${ref.base}@${start}`, family: `${ref.base} ${ref.period}`, start }
}

/** Whether the period of a cap is running or still to come. */
export function isOpen(world: World, cap: Cap, zone: string): boolean {
  const period = cap.family.slice(cap.family.indexOf(' ') + 1)
  return period === 'total' || beginning(period, zone, world.now) <= cap.start
}

function beginning(period: string, zone: string, now: number): string {
  const [, anchor, months] = /^R\/(.*)\/P(\d+)M$/.exec(period) ?? []
  return anchor === undefined ? startOf(period, localDate(zone, now)) : lastTurn(anchor, Number(months), now)
}

/** Walks on from the anchor, turn by turn; in a month that is too short a turn comes on its last day. */
function lastTurn(anchor: string, months: number, now: number): string {
  const day = Number(anchor.slice(8, 10))
  let turn = anchor
  for (let month = Number(anchor.slice(5, 7)) - 1, year = Number(anchor.slice(0, 4)); ; month += months) {
    const length = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
    const date = new Date(Date.UTC(year, month, Math.min(day, length))).toISOString().slice(0, 10)
    const next = `${date}${anchor.slice(10)}`
    if (Date.parse(next) > now) return turn
    turn = next
  }
}

const calendars = new Map<string, Intl.DateTimeFormat>()

/** As `2026-11-22`, which is how Swedes write it. */
function localDate(zone: string, now: number): string {
  const calendar = calendars.get(zone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone: zone })
  calendars.set(zone, calendar)
  return calendar.format(now)
}

function startOf(period: string, date: string): string {
  if (period === 'total') return 'total'
  if (period === 'day') return date
  if (period === 'month') return date.slice(0, 7)
  const thursday = new Date(`${date}T00:00:00Z`)
  thursday.setUTCDate(thursday.getUTCDate() + 4 - (thursday.getUTCDay() || 7))
  const yearStart = Date.UTC(thursday.getUTCFullYear(), 0, 1)
  const week = Math.ceil(((thursday.getTime() - yearStart) / 86_400_000 + 1) / 7)
  return `${thursday.getUTCFullYear()}-W${String(week).padStart(2, '0')}`
}
