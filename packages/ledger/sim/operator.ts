import { repeating } from '../src/repeating.ts'
import type { AccountRef, HoldOp, Operation, Outcome, Period } from '../src/types.ts'
import type { Prng } from './prng.ts'

const PERIODS: Period[] = ['day', 'week', 'month', 'total']
const REMEMBERED = 150

const WEIGHTS = { grant: 14, charge: 2, reverse: 2, refund: 5, adjust: 2, wallet: 2, replay: 6, twist: 5, strayHold: 2, lateSettle: 3 }

/** Everything that reaches the ledger beside requests: management, and what careless callers send twice or wrongly. */
export class Operator {
  readonly #random: Prng
  readonly #zone: string
  #made = 0
  #settled: string[] = []
  readonly #over = new Set<string>()
  #grants: string[] = []
  #history: Operation[] = []

  constructor(random: Prng, zone: string) {
    this.#random = random
    this.#zone = zone
  }

  /** The wallets exist from the start, all but one, and have something to spend. */
  opening(): Operation[] {
    return ['w1', 'w2'].flatMap((account): Operation[] => [
      { type: 'wallet', account, unit: 'USD', overdraft: 30n, creditLimit: 0n },
      { type: 'grant', id: `opening.${account}`, account, amount: 500n, priority: 0, expiresAt: null, reason: 'opening' },
    ])
  }

  /** Balances for one request: up to two caps, and a wallet. */
  legs(): AccountRef[] {
    const caps = this.#random.chance(0.6) ? [this.#cap()] : []
    const second = this.#cap()
    if (this.#random.chance(0.3) && caps.every((cap) => cap.base !== second.base || cap.period !== second.period)) caps.push(second)
    return [...caps, ...this.#quotas(), { kind: 'wallet', id: this.#wallet(), unit: 'USD' }]
  }

  /** Those of a plan: some requests and tokens in the months from an anchor. */
  #quotas(): AccountRef[] {
    if (!this.#random.chance(0.2)) return []
    const plan = this.#random.pick(['a', 'b']) ?? 'a'
    const period = repeating(Date.UTC(2026, 0, plan === 'a' ? 31 : 15, 12), plan === 'a' ? 1 : 3)
    const limits = this.#random.pick([
      [3n, 60n],
      [500n, 40_000n],
      [500n, 40_000n],
    ])
    const shared = { kind: 'cap' as const, period, zone: 'UTC' }
    const tokens = BigInt(this.#random.between(1, 30)) * 1_000_000n
    return [
      { ...shared, base: `quota:${plan}:r`, unit: 'quota:requests', limit: limits?.[0] ?? 0n, measure: { fixed: 1_000_000n, perStep: 0n } },
      {
        ...shared,
        base: `quota:${plan}:t`,
        unit: 'quota:tokens',
        limit: limits?.[1] ?? 0n,
        measure: { fixed: tokens, perStep: 1_000_000n },
      },
    ]
  }

  next(now: number): Operation {
    const kind = this.#random.weighted(WEIGHTS)
    switch (kind) {
      case 'grant':
        return this.#grant(now)
      case 'replay':
        return this.#past() ?? this.#grant(now)
      case 'twist':
        return this.#twist(now)
      case 'strayHold':
        return this.#strayHold()
      default:
        return this.#rare(kind)
    }
  }

  /** Learns what the caller of an operation learns. */
  learnt(operation: Operation, outcome: Outcome): void {
    if (outcome.status !== 'ok') return
    if (operation.type === 'grant' || operation.type === 'refund') remember(this.#grants, operation.id)
    if (operation.type === 'settle') {
      remember(this.#settled, operation.request)
      this.#over.add(operation.request)
    }
    remember(this.#history, operation)
  }

  #rare(kind: 'charge' | 'reverse' | 'refund' | 'adjust' | 'wallet' | 'lateSettle'): Operation {
    const amount = this.#random.chance(0.4) ? null : BigInt(this.#random.between(1, 60))
    const reason = 'sim'
    switch (kind) {
      case 'charge':
        return { type: 'charge', id: this.#id('fee'), account: this.#wallet(), amount: amount ?? 25n, reason }
      case 'reverse':
        return { type: 'reverse', id: this.#id('rev'), grant: this.#random.pick(this.#grants) ?? 'none', amount, reason }
      case 'refund':
        return { type: 'refund', id: this.#id('rf'), request: this.#random.pick(this.#settled) ?? 'none', amount, reason }
      case 'adjust':
        return { type: 'adjust', id: this.#id('adj'), cap: this.#cap() }
      case 'lateSettle': {
        const request = this.#random.pick(this.#settled) ?? 'none'
        const cost = BigInt(this.#random.between(0, 9))
        return { type: 'settle', request, slices: 1, cost, instance: this.#random.between(1, 6), memo: '{}' }
      }
      case 'wallet': {
        const overdraft = BigInt(this.#random.pick([0, 20, 50]) ?? 0)
        const creditLimit = BigInt(this.#random.pick([0, 0, 0, 30]) ?? 0)
        const unit = this.#random.chance(0.05) ? 'EUR' : 'USD'
        return { type: 'wallet', account: this.#wallet(), unit, overdraft, creditLimit }
      }
    }
  }

  #cap(): Extract<AccountRef, { kind: 'cap' }> {
    const period = this.#random.pick(PERIODS) ?? 'total'
    const limit = BigInt(this.#random.pick([0, 50, 500, 2_000, 20_000, 20_000, 20_000]) ?? 0)
    return { kind: 'cap', base: this.#random.pick(['cap:a', 'cap:b']) ?? 'cap:a', unit: 'cap:USD', period, zone: this.#zone, limit }
  }

  #grant(now: number): Operation {
    const expiresAt = this.#random.pick([null, null, now + this.#random.between(1, 3_600_000), now + 86_400_000, now]) ?? null
    const amount = BigInt(this.#random.between(1, 900))
    const priority = this.#random.between(-1, 1)
    return { type: 'grant', id: this.#id('gr'), account: this.#wallet(), amount, priority, expiresAt, reason: 'sim' }
  }

  /** A slice of a request that is over, or a hold that nobody will ever resolve. */
  #strayHold(): HoldOp {
    const over = this.#random.pick(this.#settled)
    const request = over !== undefined && this.#random.chance(0.7) ? over : this.#id(STRAY)
    const slice = request === over ? this.#random.between(0, 2) : 0
    const steps = { min: 0, max: this.#random.between(0, 9) }
    const measure = { fixed: BigInt(this.#random.between(0, 9)) * 1_000_000n, perStep: 333_333n }
    return { type: 'hold', id: `${request}.${slice}`, request, slice, instance: 1, legs: this.legs(), measure, steps, memo: '{}' }
  }

  /** An id that was used, with something else behind it. */
  #twist(now: number): Operation {
    const operation = this.#past()
    switch (operation?.type) {
      case 'hold':
        return this.#random.chance(0.5) ? { ...operation, instance: operation.instance + 1 } : { ...operation, memo: '{"twisted":true}' }
      case 'settle':
        return { ...operation, cost: operation.cost + 1n }
      case 'grant':
        return { ...operation, amount: operation.amount + 1n }
      case 'refund':
        return { type: 'grant', id: operation.id, account: this.#wallet(), amount: 5n, priority: 0, expiresAt: null, reason: 'twist' }
      default:
        return this.#grant(now)
    }
  }

  /** What was done before. A hold is asked for again once its request is over: until then it is its own caller's. */
  #past(): Operation | undefined {
    const operation = this.#random.pick(this.#history)
    return operation?.type === 'hold' && !this.#over.has(operation.request) ? undefined : operation
  }

  /** The last one is not there until somebody opens it. */
  #wallet(): string {
    return this.#random.weighted({ w1: 5, w2: 5, w3: 1 })
  }

  #id(prefix: string): string {
    this.#made += 1
    return `${prefix}${this.#made}`
  }
}

/** Begins the name of a request that nobody serves. */
export const STRAY = 'stray'

function remember<T>(list: T[], one: T): void {
  list.push(one)
  if (list.length > REMEMBERED) list.shift()
}
