import type { AccountRef, HoldOp, Operation, Outcome, Period, SettleOp } from '../src/types.ts'
import type { Prng } from './prng.ts'

/** What the caller of a request remembers of it. */
interface OpenRequest {
  id: string
  /** Slices asked for, whatever came of them. */
  slices: number
  instance: number
  held: bigint
  legs: AccountRef[]
}

const WALLETS = ['w1', 'w2', 'w3']
const PERIODS: Period[] = ['day', 'week', 'month', 'total']
const REMEMBERED = 150

const WEIGHTS = {
  hold: 30,
  slice: 14,
  settle: 24,
  strayHold: 1,
  lateSettle: 3,
  grant: 9,
  reverse: 2,
  refund: 5,
  adjust: 2,
  wallet: 2,
  replay: 6,
  twist: 3,
}

/** Makes operations as several instances, careless callers and bad luck would, from a seed. */
export class Generator {
  readonly #random: Prng
  readonly #zone: string
  #made = 0
  #instances = [1, 2, 3]
  #open: OpenRequest[] = []
  #settled: string[] = []
  #grants: string[] = []
  #history: Operation[] = []

  constructor(random: Prng, zone: string) {
    this.#random = random
    this.#zone = zone
  }

  /** The wallets exist from the start, all but one. */
  opening(): Operation[] {
    return WALLETS.slice(0, 2).map((account) => ({ type: 'wallet', account, unit: 'USD', overdraft: 30n, creditLimit: 0n }))
  }

  next(now: number): Operation {
    const operation = this.#make(this.#random.weighted(WEIGHTS), now)
    this.#history.push(operation)
    if (this.#history.length > REMEMBERED) this.#history.shift()
    return operation
  }

  /** Learns what the caller of an operation learns. */
  observe(operation: Operation, outcome: Outcome): void {
    if (outcome.status !== 'ok') return
    const request = operation.type === 'hold' ? this.#open.find((one) => one.id === operation.request) : undefined
    if (request !== undefined) request.held += outcome.held?.[0]?.amount ?? 0n
    if (operation.type === 'grant') this.#grants.push(operation.id)
    if (operation.type === 'refund') this.#grants.push(operation.id)
    if (operation.type === 'settle') this.#settled.push(operation.request)
  }

  /** An instance dies; another takes its number's place, under a new number. */
  kill(): number {
    const dead = this.#random.pick(this.#instances) ?? 1
    this.#instances = [...this.#instances.filter((one) => one !== dead), Math.max(...this.#instances) + 1]
    return dead
  }

  get live(): number[] {
    return this.#instances
  }

  #make(kind: keyof typeof WEIGHTS, now: number): Operation {
    const request = this.#random.pick(this.#open)
    switch (kind) {
      case 'slice':
        return request === undefined ? this.#hold(this.#newRequest()) : this.#hold(request)
      case 'settle':
        return request === undefined ? this.#hold(this.#newRequest()) : this.#settle(request)
      case 'lateSettle':
        return this.#lateSettle()
      case 'strayHold':
        return this.#strayHold()
      case 'grant':
        return this.#grant(now)
      case 'replay':
        return this.#random.pick(this.#history) ?? this.#grant(now)
      case 'twist':
        return this.#twist(now)
      case 'hold':
        return this.#hold(this.#newRequest())
      default:
        return this.#rare(kind)
    }
  }

  #rare(kind: 'reverse' | 'refund' | 'adjust' | 'wallet'): Operation {
    const amount = this.#random.chance(0.4) ? null : BigInt(this.#random.between(1, 60))
    const reason = 'sim'
    switch (kind) {
      case 'reverse':
        return { type: 'reverse', id: this.#id('rev'), grant: this.#random.pick(this.#grants) ?? 'none', amount, reason }
      case 'refund':
        return { type: 'refund', id: this.#id('rf'), request: this.#random.pick(this.#settled) ?? 'none', amount, reason }
      case 'adjust':
        return { type: 'adjust', id: this.#id('adj'), cap: this.#cap() }
      case 'wallet': {
        const overdraft = BigInt(this.#random.pick([0, 20, 50]) ?? 0)
        const creditLimit = BigInt(this.#random.pick([0, 0, 0, 30]) ?? 0)
        const unit = this.#random.chance(0.05) ? 'EUR' : 'USD'
        return { type: 'wallet', account: this.#wallet(), unit, overdraft, creditLimit }
      }
    }
  }

  #hold(request: OpenRequest): HoldOp {
    const { id, slices: slice, instance, legs } = request
    request.slices += 1
    const min = this.#random.between(0, 12)
    const max = this.#random.chance(0.5) ? min : min + this.#random.between(0, 40)
    const fixed = BigInt(this.#random.between(0, 40)) * 1_000_000n + BigInt(this.#random.pick([0, 0, 1, 999_999]) ?? 0)
    const perStep = BigInt(this.#random.pick([0, 333_333, 1_000_000, 2_500_000]) ?? 0)
    const outlook = { min: this.#random.between(0, 30), max: this.#random.between(30, 90) }
    return {
      type: 'hold',
      id: `${id}.${slice}`,
      request: id,
      slice,
      instance,
      legs,
      measure: { fixed, perStep },
      steps: { min, max },
      memo: `{"n":${this.#made}}`,
      ...(this.#random.chance(0.15) ? { outlook } : {}),
      ...(slice > 0 ? { mark: BigInt(this.#random.between(0, Number(request.held))) } : {}),
    }
  }

  /** A slice of a request that is over. */
  #strayHold(): HoldOp {
    const operation = this.#hold(this.#newRequest())
    const request = this.#random.pick(this.#settled) ?? operation.request
    const slice = request === operation.request ? 0 : this.#random.between(0, 2)
    return { ...operation, id: `${request}.${slice}`, request, slice }
  }

  #newRequest(): OpenRequest {
    const caps = this.#random.chance(0.6) ? [this.#cap()] : []
    const second = this.#cap()
    if (this.#random.chance(0.3) && caps.every((cap) => cap.base !== second.base || cap.period !== second.period)) caps.push(second)
    const wallet: AccountRef[] = caps.length > 0 && this.#random.chance(0.05) ? [] : [{ kind: 'wallet', id: this.#wallet(), unit: 'USD' }]
    const instance = this.#random.pick(this.#instances) ?? 1
    const request = { id: this.#id('req'), slices: 0, instance, held: 0n, legs: [...caps, ...wallet] }
    this.#open.push(request)
    return request
  }

  #cap(): Extract<AccountRef, { kind: 'cap' }> {
    const period = this.#random.pick(PERIODS) ?? 'total'
    const limit = BigInt(this.#random.pick([0, 50, 500, 5_000, 5_000]) ?? 0)
    return { kind: 'cap', base: this.#random.pick(['cap:a', 'cap:b']) ?? 'cap:a', unit: 'cap:USD', period, zone: this.#zone, limit }
  }

  /** One slice may be missing from the count: its caller gave it up and never learnt that it was taken. */
  #settle({ id, slices, instance, held }: OpenRequest): SettleOp {
    this.#open = this.#open.filter((request) => request.id !== id)
    const share = this.#random.pick([0, 0, 0.3, 0.8, 1, 1, 1.2, 3]) ?? 1
    const cost = BigInt(Math.round(Number(held) * share)) + (share > 1 ? 1n : 0n)
    const counted = this.#random.chance(0.1) ? Math.max(0, slices - 1) : slices
    return { type: 'settle', request: id, slices: counted, cost, instance, memo: `{"n":${this.#made}}` }
  }

  #lateSettle(): SettleOp {
    const request = this.#random.pick(this.#settled) ?? 'none'
    const instance = this.#random.pick(this.#instances) ?? 1
    return { type: 'settle', request, slices: 1, cost: BigInt(this.#random.between(0, 9)), instance, memo: '{}' }
  }

  #grant(now: number): Operation {
    const expiresAt = this.#random.pick([null, null, now + this.#random.between(1, 3_600_000), now + 86_400_000, now]) ?? null
    const amount = BigInt(this.#random.between(1, 400))
    const priority = this.#random.between(-1, 1)
    return { type: 'grant', id: this.#id('gr'), account: this.#wallet(), amount, priority, expiresAt, reason: 'sim' }
  }

  /** An id that was used, with something else behind it. */
  #twist(now: number): Operation {
    const operation = this.#random.pick(this.#history)
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

  #wallet(): string {
    return this.#random.pick(WALLETS) ?? 'w1'
  }

  #id(prefix: string): string {
    this.#made += 1
    return `${prefix}${this.#made}`
  }
}
